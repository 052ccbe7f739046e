"""Words whose full stop does not, or not always, end a sentence."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Something always follows these: titles, "that is", "compare".
ALWAYS = _words(
    """
    mr mrs ms mx dr prof st gen col sgt capt cpt lt cmdr maj rev fr hon gov sen rep pres
    supt messrs mt ft e.g i.e eg ie vs cf viz approx ca incl excl resp
    hr fr. dipl z.b d.h u.a i.d.r s.o s.u v.a z.t bzw vgl sog evtl ggf zzgl inkl
    sra srta dra p.ej ud uds mme mlle mgr p.ex c.-à-d
    т.е т.д д-р г-н
    """
)

# Over when something new begins; going on when a small word or a number follows.
OFTEN = _words(
    """
    etc inc ltd co corp bros jr sr al dept est ave blvd rd a.m p.m am pm ph.d m.d b.a m.a
    b.sc m.sc usw usf u.s.w gmbh ag str mio mrd jh
    no nos nr núm num fig figs eq eqs vol vols pp ch chap sec art par op ver pt
    jan feb mar apr jun jul aug sep sept oct nov dec bd abb tab kap
    """
)

ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")  # U.S, J.R.R, e.g

# After an initial or an acronym a capital letter proves nothing ("U.S. Army"), but these
# words hardly ever go on with a name.
OPENERS = _words(
    """
    a about after all also an and are as at because before both but by can could did do
    does during each even every few finally first for from given had has have he her here
    his how however i if in instead is it its just last later let like many maybe most my
    no not now of often on once one only or our perhaps please she should since so some
    sometimes soon still such sure that the their then there these they this those though
    thus to today tomorrow under unless until was we well were what whatever when where
    whether which while who whose why will with without would yes yet you your yesterday
    i'm it's that's there's we're you're they're don't let's
    aber als am auch auf aus bei das dass dein der des die dies doch du ein eine er es für
    hat hier ich ihr im in ist ja jetzt kein man mein mit nach nein noch nun ob oder seit
    sie sind so und unser von vor war was weil wenn wer wie wir wird wo zu
    au avec c'est ce ces cette dans de des elle elles en et il ils j'ai je la le les leur
    mais mes mon ne non notre nous on ou où oui par pas pour que qui sa ses si son sur tu
    un une vos votre vous
    al como con cuando del el ella ellos es esta este está fue ha hay la las lo los me mi
    mis no nosotros para pero por qué se sin su sus también tengo tu un una uno usted y ya
    yo él
    """
)

# German dates ("am 3. Oktober") and what else follows an ordinal number.
MONTHS = _words(
    """
    januar jänner februar märz april mai juni juli august september oktober november
    dezember jahrhundert jahrhunderts klasse semester stock platz mal auflage
    """
)
