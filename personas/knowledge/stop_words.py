"""Words of a question that say nothing about what it is about, by language.

They are left out of questions only, never of the index; so a word may be added without
reading anything again. Written without accents, as `terms.fold` leaves them.
"""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: Mapping[str, frozenset[str]] = {
    "en": _words(
        """
        a about actually again all also always am an and another any anyone anything are
        as at be because been before being between both but by can cannot could d did do
        does doing don done each ever every everything explain few for from further get
        give go going good got had has have having he hello her here hers hey hi him his
        how i if in into is it its just know let like ll look m made make many may maybe
        me mean might more most much must my need never no nor not now of off ok okay on
        once one only or other our out over own please quite re really s said same say
        see shall she should so some somebody someone something still such sure t take
        tell than thank thanks that the their them then there these they thing things
        think this those through to too under until up us use used using ve very want
        was way we well were what when where whether which while who whom whose why will
        with would yes yet you your yours
        """
    ),
    "de": _words(
        """
        aber alle allem allen aller alles als also am an andere anderen auch auf aus bei
        beim bin bis bist bitte da dabei damit danke dann dar das dass dazu dein deine
        deinem deinen deiner dem den denn der des dessen dich die dies diese diesem
        diesen dieser dieses dir doch dort du durch eigentlich ein eine einem einen
        einer eines einmal er erzahl erzahle es etwas euch euer eure fur gab gar genau
        gerade gern gerne gibt gut habe haben habt hallo hast hat hatte hatten hier ich
        ihm ihn ihnen ihr ihre ihrem ihren im immer in ins ist ja jede jedem jeden jeder
        jedes jetzt kann kannst kein keine keinem keinen keiner konnen konnt konnte
        machen macht mal man mein meine meinem meinen meiner mich mir mit muss mussen
        nach nein nicht nichts noch nun nur ob oder ohne sag sage schon sehr sei sein
        seine seinem seinen seiner seit sich sie sind so soll sollte sowie uber um und
        uns unser unsere unter viel viele vom von vor wann war waren warum was weil
        weiter welche welchem welchen welcher welches wenn wer werde werden wie wieder
        will willst wir wird wo wofur woher wohin womit wozu wurde wurden zu zum zur
        zwischen
        """
    ),
    "fr": _words(
        """
        a ai alors apres as au aussi autre aux avec avez avoir bien bonjour c ca car ce
        cela ces cet cette chez ci comme comment d dans de des dit dites donc dont du
        elle elles en est et etaient etait etes etre eu eux faire fait faut il ils j je
        jusqu l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni non nos
        notre nous on ont ou oui par parle parler parlez pas peu peut peux plus pour
        pourquoi pouvez qu quand que quel quelle quelles quels qui quoi s sa sans se ses
        si son sont sous suis sur t ta te tes toi ton tous tout toute toutes tres tu un
        une va vers veux voila vos votre vous y
        """
    ),
    "es": _words(
        """
        a al algo alguien ante antes aqui asi aun aunque bien cada como con contra cual
        cuales cuando cuanta cuantas cuanto cuantos de del desde dime donde dos e el
        ella ellas ellos en entre era eran eres es esa esas ese eso esos esta estaba
        estan estar estas este esto estos estoy fue fueron ha hace hacer hacia han has
        hasta hay he hola la las le les lo los mas me mi mientras mis mucho muy nada ni
        no nos nosotros o otra otras otro otros para pero por porque puede puedes puedo
        pues que quien quienes quiero se sea segun ser si sido sin sobre son soy su sus
        tambien tan tanto te tener tengo ti tiene tienen tienes todo todos tu tus un una
        uno unos usted ustedes y ya yo
        """
    ),
    "it": _words(
        """
        a ad ai al alla alle allo anche ancora avere c che chi ci ciao come con cosa cui
        da dai dal dalla dalle dei del della delle dello di dimmi dove e ed era erano
        essere fa fare gli ha hai hanno ho i il in io l la le lei lo loro lui ma me mi
        mia mie mio molto ne negli nei nel nella nelle noi non nostra nostro o per
        perche piu poi puo puoi qual quale quali quando quanta quante quanti quanto
        quella quelle quelli quello questa queste questi questo qui se sei si sia sono
        sta stato su sua sue sul sulla suo suoi te ti tra tu tua tuo tutti tutto un una
        uno vi voi vorrei
        """
    ),
    "pt": _words(
        """
        a ao aos as ate com como da das de dela dele deles diga do dos e ela elas ele
        eles em entre era eram essa essas esse esses esta estao estas estava este estes
        eu foi foram ha isso isto ja la lhe mais mas me mesmo meu meus minha minhas
        muito na nao nas nem no nos nossa nosso num numa o ola onde os ou para pela pelo
        pode podem por porque posso quais qual quando quanta quanto quantos que quem
        quero se sem ser seu seus sim so sobre sua suas tambem te tem temos tenho ter
        teu tu tua um uma voce voces
        """
    ),
    "nl": _words(
        """
        aan al alles als ben bent bij daar dan dat de der deze die dit doe doen door dus
        een en er geen goed graag had hallo heb hebben heeft hem het hier hij hoe
        hoeveel ik in is ja je jij jou jouw jullie kan kunnen kunt maar me meer men met
        mij mijn moet naar nee niet niets nog nu of om omdat onder ons onze ook op over
        te tegen toch toen tot u uit uw van veel vertel voor waar waarom wanneer waren
        was wat we wel welk welke werd wie wij wil worden wordt zal ze zich zij zijn zo
        zonder zou
        """
    ),
    "pl": _words(
        """
        a aby ale bardzo bez bo byc byl byla bylo byly bym ci cie co czy dla do gdzie go
        i ich ile im ja jak jaka jaki jakie jako je jego jej jest jestem jestes jeszcze
        juz kiedy kto ktora ktore ktory lub ma mam masz mi mnie moge moj moja moje moze
        mozna na nad nam nas nie nim o od on ona one oni oraz po pod powiedz przed przez
        przy sa sie sobie ta tak taki tam te tego tej ten to tu twoj ty tym u w we wiec
        z za ze
        """
    ),
}
