"""What the offline responder says and listens for, per language.

Nothing here is about any persona: only ways to ask, and sentences with places for facts.
To add a language, copy a phrasebook and add it to `PHRASEBOOKS`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a passage is about. Knowledge text has no topic of its own."""

    WHO = "who"
    EDUCATION = "education"
    LANGUAGES = "languages"
    WEB = "web"
    PROJECTS = "projects"
    STYLE = "style"
    INTERESTS = "interests"
    GOALS = "goals"
    TRAITS = "traits"
    KNOWLEDGE = "knowledge"


class Act(StrEnum):
    """What one can do with words besides asking for a fact. The first that fits counts."""

    BYE = "bye"
    THANKS = "thanks"
    HUMAN = "human"
    WHO = "who"
    ABLE = "able"
    MORE = "more"
    NO = "no"
    HOW = "how"
    HELLO = "hello"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    heard: Mapping[Act, re.Pattern[str]]
    stop_words: frozenset[str]
    weak_words: frozenset[str]  #: say little about what is asked
    pronouns: frozenset[str]  #: point back to what was said before
    suffixes: tuple[str, ...]
    asked_as: Mapping[Topic, str]  #: words that ask for a topic
    same: tuple[str, ...]  #: groups of words that mean about the same
    articles: str  #: what stands before a noun, as alternatives of a pattern
    sentence: Mapping[Topic, str]
    another: str  #: for the second and further of a topic's sentences
    label: Mapping[Topic, str]
    and_: str
    hello: str
    how_i_am: str
    thanks: str
    bye: str
    no: str
    human: str
    unknown: str
    no_more: str
    offer: str


def _heard(**patterns: str) -> dict[Act, re.Pattern[str]]:
    return {
        Act(name): re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
        for name, pattern in patterns.items()
    }


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = Phrasebook(
    heard=_heard(
        bye=r"(?:good)?bye|good night|see you(?: later| soon)?|farewell|ciao",
        thanks=r"thanks?(?: you)?(?: very much| so much| a lot)?|cheers|great|nice|cool",
        human=r"(?:are|r) (?:you|u) (?:a |an )?(?:real(?: person)?|human|robot|bot|ai"
        r"|alive|machine|program|chatbot)|(?:is|am) (?:this|i talking to) (?:a |an )?"
        r"(?:real person|human|robot|bot|ai|chatbot)",
        who=r"who (?:are|r) (?:you|u)|who am i (?:talking|speaking) (?:to|with)"
        r"|introduce yourself|about yourself|(?:what is|what's|whats|tell me)? ?your name"
        r"|what are you|what do you do(?: for a living)?|about you",
        able=r"what (?:can|could) (?:you do|i ask(?: you)?|you tell me|we talk about)"
        r"|what do you know(?: about)?(?=\W*$)|how can you help(?: me)?"
        r"|what should i ask|help(?=\W*$)|can you help me(?=\W*$)",
        more=r"tell me (?:some )?more(?: about (?:that|it|this))?|go on|what else"
        r"|anything else|and then|continue|please do|more(?=\W*$)|why(?=\W*$)"
        r"|how so|yes|yeah|yep|sure|ok(?:ay)?|really",
        no=r"no|nope|not really|never mind|nothing",
        how=r"how (?:are|r) (?:you|u)(?: doing)?(?: today)?|how(?: is|'s) it going|what's up",
        hello=r"hello|hi|hey|hiya|greetings|good (?:morning|afternoon|evening|day)"
        r"|nice to meet you|welcome",
    ),
    stop_words=_words(
        """
        a about above after again all also am an and any are as at be because been before
        being both but by can cannot could did do does doing don't down during each else
        ever few for from further had has have having he her here hers him his how i i'd
        i'll i'm i've if in into is isn't it it's its just let's me more most my no nor not
        of off on once one only or other our out over own please same she should so some
        such than that that's the their them then there these they this those through to
        too under until up us very was we were what what's when where which while who whom
        whose why will with would yes you you'd you'll you're your yours yourself tell say
        give something anything someone s t
        """
    ),
    weak_words=_words(
        """
        like love do make know think talk work use go get want good best favourite favorite
        thing things kind way lot much many people really explain mean interesting today
        now current currently time long first new big small take come see bring need
        """
    ),
    pronouns=_words("it that they them those he she him her"),
    suffixes=(
        "ings",
        "ing",
        "ies",
        "ied",
        "edly",
        "ed",
        "es",
        "ly",
        "'s",
        "’s",
        "s",
        "e",
    ),
    asked_as={
        Topic.WHO: "name title job work profession occupation role career",
        Topic.EDUCATION: "education study degree university school college graduate major"
        " educated subject diploma qualification course student campus",
        Topic.LANGUAGES: "programming language program code coding technology technical"
        " tech skill",
        Topic.WEB: "web stack framework website frontend backend technology technical tech"
        " skill tool",
        Topic.PROJECTS: "project built build made make create portfolio developing",
        Topic.STYLE: "style manner tone way talk speak",
        Topic.INTERESTS: "interest hobby hobbies like love enjoy fun free time leisure"
        " passion favourite weekend spare",
        Topic.GOALS: "goal dream plan future want ambition hope aim wish achieve",
        Topic.TRAITS: "personality character trait describe strength person kind quality",
    },
    same=(
        "cost price fee expensive cheap money pay",
        "open opening closed close hours hour",
        "eat food lunch drink hungry café cafe restaurant",
        "child children kid kids",
        "high tall height",
        "heavy weigh weighs",
        "old age built founded",
        "begin start beginner beginning",
        "learn learning teach lesson",
        "job interview career",
        "story tale legend",
        "bug debug debugging error",
        "exam test exams",
        "favourite favorite",
        "wheelchair step-free disabled accessible",
        "animal bird birds",
        "sport sports row rowing",
        "built build made make create",
        "study studies studied student degree",
    ),
    articles="a|an|the|my|our",
    sentence={
        Topic.WHO: "I am {}.",
        Topic.EDUCATION: "My education: {}.",
        Topic.LANGUAGES: "I program in {}.",
        Topic.WEB: "For the web I work with {}.",
        Topic.PROJECTS: "One of my projects is {}.",
        Topic.STYLE: "My way of talking is {}.",
        Topic.INTERESTS: "I am interested in {}.",
        Topic.GOALS: "One of my goals: {}.",
        Topic.TRAITS: "People call me {}.",
    },
    another="Another: {}.",
    label={
        Topic.EDUCATION: "my education",
        Topic.LANGUAGES: "what I program in",
        Topic.WEB: "my web tools",
        Topic.PROJECTS: "my projects",
        Topic.INTERESTS: "my interests",
        Topic.GOALS: "my goals",
        Topic.TRAITS: "my character",
    },
    and_="and",
    hello="Hello! {}",
    how_i_am="I am well, thank you for asking.",
    thanks="You are welcome.",
    bye="Goodbye! It was good to talk with you.",
    no="All right.",
    human="I am a digital persona, and at the moment I answer only from my own facts.",
    unknown="I don't have that in what I know about myself.",
    no_more="That is all I know about that.",
    offer="You can ask me about {}.",
)

GERMAN = Phrasebook(
    heard=_heard(
        bye=r"tschüss?|auf wiedersehen|bis (?:bald|später|dann)|gute nacht|ciao",
        thanks=r"danke(?: schön| sehr)?|vielen dank|super|toll|schön",
        human=r"(?:bist du|sind sie) (?:ein |eine )?(?:echt\w*|mensch|roboter|ki|bot"
        r"|maschine|echter mensch)",
        who=r"wer (?:bist du|sind sie)|stell(?:en sie)? dich(?: \w+)? vor"
        r"|(?:wie heißt du|wie heißen sie)|(?:dein|ihr) name|über (?:dich|sie)"
        r"|was machst du(?: beruflich)?|was machen sie",
        able=r"was (?:kannst du|können sie)(?: \w+)?|was (?:kann|soll) ich (?:dich |sie )?fragen"
        r"|was (?:weißt du|wissen sie)|hilfe",
        more=r"(?:erzähl\w*|sag\w*)(?: \w+)? mehr(?: darüber| davon)?|weiter|was noch|noch etwas"
        r"|mehr|warum(?=\W*$)|wieso(?=\W*$)|ja|gerne?|okay|ok|wirklich",
        no=r"nein|nee|nichts|schon gut",
        how=r"wie geht(?:'s| es)(?: dir| ihnen)?(?: heute)?",
        hello=r"hallo|hi|hey|guten (?:morgen|tag|abend)|servus|moin|grüß dich",
    ),
    stop_words=_words(
        """
        aber alle als also am an auch auf aus bei bin bist bitte da das dass dein deine
        deinem deinen deiner dem den denn der des dich die dies diese dieser dir doch du ein
        eine einem einen einer eines er es etwas euch für gibt hab habe haben hast hat ich
        ihr ihre ihren ihm im in ist ja kann kannst man mein mich mir mit nach nicht noch nur
        ob oder schon sein sich sie sind so über um und uns unter vom von vor war warst was
        weiß welche welchen welcher welches wenn wer werden wie wir wird wo zu zum zur sag
        erzähl erzähle mal denn eigentlich wann warum
        """
    ),
    weak_words=_words(
        "machen machst macht magst gern gut viel viele heute jetzt neu tun"
    ),
    pronouns=_words("es das dies davon darüber dort sie er ihn daran damit"),
    suffixes=(
        "ungen",
        "ung",
        "ern",
        "est",
        "en",
        "em",
        "er",
        "es",
        "st",
        "e",
        "n",
        "s",
        "t",
    ),
    asked_as={
        Topic.WHO: "name titel beruf arbeit job arbeitest",
        Topic.EDUCATION: "ausbildung studium studierst studieren studiert universität uni"
        " schule abschluss hochschule fach",
        Topic.LANGUAGES: "programmiersprache programmiersprachen programmierst"
        " programmieren technik technologien",
        Topic.WEB: "web webseite framework technik technologien werkzeuge",
        Topic.PROJECTS: "projekt projekte gebaut bauen entwickelt",
        Topic.STYLE: "stil art sprichst",
        Topic.INTERESTS: "hobby hobbys interessen interessierst magst gern freizeit spaß",
        Topic.GOALS: "ziel ziele traum plan pläne zukunft wünschst vorhaben",
        Topic.TRAITS: "persönlichkeit charakter eigenschaften mensch beschreiben",
    },
    same=(
        "kosten kostet preis eintritt teuer",
        "offen geöffnet öffnungszeiten öffnen geschlossen",
        "essen trinken café restaurant",
        "kind kinder",
        "hoch höhe groß",
        "alt alter gebaut",
    ),
    articles="der|die|das|den|dem|ein|eine|einen|einem|einer|unser|unsere|mein|meine",
    sentence={
        Topic.WHO: "Ich bin {}.",
        Topic.EDUCATION: "Meine Ausbildung: {}.",
        Topic.LANGUAGES: "Ich programmiere in {}.",
        Topic.WEB: "Für das Web arbeite ich mit {}.",
        Topic.PROJECTS: "Eines meiner Projekte: {}.",
        Topic.STYLE: "So rede ich: {}.",
        Topic.INTERESTS: "Mich interessieren {}.",
        Topic.GOALS: "Eines meiner Ziele: {}.",
        Topic.TRAITS: "Man sagt über mich: {}.",
    },
    another="Ein anderes: {}.",
    label={
        Topic.EDUCATION: "meiner Ausbildung",
        Topic.LANGUAGES: "meinen Programmiersprachen",
        Topic.WEB: "meinen Webwerkzeugen",
        Topic.PROJECTS: "meinen Projekten",
        Topic.INTERESTS: "meinen Interessen",
        Topic.GOALS: "meinen Zielen",
        Topic.TRAITS: "meinem Charakter",
    },
    and_="und",
    hello="Hallo! {}",
    how_i_am="Mir geht es gut, danke.",
    thanks="Gern geschehen.",
    bye="Auf Wiedersehen! Es war schön, mit dir zu sprechen.",
    no="In Ordnung.",
    human="Ich bin eine digitale Persona und antworte gerade nur aus meinen eigenen Angaben.",
    unknown="Das gehört nicht zu dem, was ich über mich weiß.",
    no_more="Mehr weiß ich darüber nicht.",
    offer="Frag mich zum Beispiel nach {}.",
)

FRENCH = Phrasebook(
    heard=_heard(
        bye=r"au revoir|à bientôt|bonne nuit|à plus|adieu",
        thanks=r"merci(?: beaucoup| bien)?|super|génial",
        human=r"(?:es[- ]tu|êtes[- ]vous|tu es|vous êtes) (?:un |une )?(?:humaine?|robot|ia"
        r"|réelle?|machine|vraie? personne)",
        who=r"qui (?:es[- ]tu|êtes[- ]vous)|(?:tu es|vous êtes) qui|présente[- ]toi"
        r"|présentez[- ]vous|(?:ton|votre) nom|comment (?:t'appelles[- ]tu|tu t'appelles"
        r"|vous appelez[- ]vous)|que fais[- ]tu",
        able=r"(?:que|qu'est-ce que) (?:peux[- ]tu|tu peux|vous pouvez|je peux) \w+"
        r"|que sais[- ]tu|aide",
        more=r"(?:dis|raconte)[- ]m'en plus|continuez?|quoi d'autre|encore|plus|pourquoi(?=\W*$)"
        r"|oui|d'accord|vraiment|ok",
        no=r"non|rien|tant pis",
        how=r"comment (?:ça va|vas[- ]tu|allez[- ]vous|tu vas)|ça va",
        hello=r"bonjour|salut|coucou|bonsoir|hello",
    ),
    stop_words=_words(
        """
        a ai as au aux avec ce ces cette dans de des du elle elles en es est et été être eu
        il ils j je l la le les leur lui ma mais me mes moi mon ne nos notre nous on ou où par
        pas pour qu que quel quelle quelles quels qui quoi sa se ses si son sont sur ta te tes
        toi ton tu un une vos votre vous y d c s n t m dis dites parle parlez parler comment
        quand est-ce raconte
        """
    ),
    weak_words=_words(
        "faire fais faites aimes aimez bien beaucoup maintenant chose choses"
    ),
    pronouns=_words("ça cela il elle ils elles y en le la les"),
    suffixes=(
        "ations",
        "ation",
        "ements",
        "ement",
        "ées",
        "és",
        "ée",
        "er",
        "ez",
        "es",
        "é",
        "e",
        "s",
        "x",
    ),
    asked_as={
        Topic.WHO: "nom titre métier travail profession",
        Topic.EDUCATION: "études étudies étudier diplôme université école formation",
        Topic.LANGUAGES: "langages langage programmation programmes programmer techniques",
        Topic.WEB: "web site framework techniques outils",
        Topic.PROJECTS: "projet projets construit créé",
        Topic.STYLE: "style manière",
        Topic.INTERESTS: "loisirs passions intérêts passe-temps aimes aimez libre",
        Topic.GOALS: "buts objectifs rêve rêves projets avenir veux",
        Topic.TRAITS: "personnalité caractère qualités",
    },
    same=("coûte coûter prix tarif cher", "ouvert horaires fermé", "enfant enfants"),
    articles="le|la|les|un|une|des|mon|ma|notre",
    sentence={
        Topic.WHO: "Je suis {}.",
        Topic.EDUCATION: "Ma formation : {}.",
        Topic.LANGUAGES: "Je programme en {}.",
        Topic.WEB: "Pour le web, je travaille avec {}.",
        Topic.PROJECTS: "Un de mes projets : {}.",
        Topic.STYLE: "Ma façon de parler : {}.",
        Topic.INTERESTS: "Je m'intéresse à ceci : {}.",
        Topic.GOALS: "Un de mes buts : {}.",
        Topic.TRAITS: "On dit de moi : {}.",
    },
    another="Un autre : {}.",
    label={
        Topic.EDUCATION: "ma formation",
        Topic.LANGUAGES: "mes langages",
        Topic.WEB: "mes outils web",
        Topic.PROJECTS: "mes projets",
        Topic.INTERESTS: "mes intérêts",
        Topic.GOALS: "mes buts",
        Topic.TRAITS: "mon caractère",
    },
    and_="et",
    hello="Bonjour ! {}",
    how_i_am="Je vais bien, merci.",
    thanks="Avec plaisir.",
    bye="Au revoir ! C'était un plaisir de parler avec vous.",
    no="D'accord.",
    human="Je suis un personnage numérique, et pour l'instant je réponds avec mes seules informations.",
    unknown="Je n'ai pas cela dans ce que je sais de moi.",
    no_more="C'est tout ce que j'en sais.",
    offer="On peut parler de ceci : {}.",
)

SPANISH = Phrasebook(
    heard=_heard(
        bye=r"adiós|hasta (?:luego|pronto|mañana)|buenas noches|chao",
        thanks=r"(?:muchas )?gracias|genial|perfecto",
        human=r"(?:eres|es usted) (?:un |una )?(?:humano|humana|robot|ia|real|máquina"
        r"|persona real)",
        who=r"(?:quién|quien) (?:eres|es usted)|preséntate|(?:tu|su) nombre"
        r"|cómo te llamas|sobre ti|a qué te dedicas",
        able=r"qué puedes (?:hacer|contarme)|qué puedo preguntar(?:te)?|qué sabes|ayuda",
        more=r"cuéntame más|dime más|sigue|continúa|qué más|más|por qué(?=\W*$)|sí|claro|vale"
        r"|de verdad|ok",
        no=r"no|nada|da igual",
        how=r"(?:cómo|como) (?:estás|está usted|te va)|qué tal",
        hello=r"hola|buenos días|buenas tardes|buenas",
    ),
    stop_words=_words(
        """
        a al algo ante como cómo con cuál cuáles cuando cuándo de del dime donde dónde e el
        él ella ellos en era eres es esa ese eso esta está estás este esto fue ha has hay he
        la las le les lo los me mi mis muy ni no nos o para pero por porque pues que qué quien
        quién se ser si sí sin sobre son soy su sus también te tengo ti tiene tienes tu tus tú
        un una uno unos usted y ya yo cuéntame háblame habla
        """
    ),
    weak_words=_words("haces hacer gusta gustan bien mucho ahora cosa cosas"),
    pronouns=_words("eso esto ello lo la él ella ellos allí"),
    suffixes=(
        "aciones",
        "ación",
        "mente",
        "ando",
        "iendo",
        "ados",
        "idos",
        "ado",
        "ido",
        "ar",
        "er",
        "ir",
        "as",
        "es",
        "os",
        "a",
        "e",
        "o",
        "s",
    ),
    asked_as={
        Topic.WHO: "nombre título trabajo profesión oficio",
        Topic.EDUCATION: "estudios estudias estudiar carrera universidad escuela título",
        Topic.LANGUAGES: "lenguajes programación programas programar tecnologías",
        Topic.WEB: "web página framework tecnologías herramientas",
        Topic.PROJECTS: "proyecto proyectos construido creado",
        Topic.STYLE: "estilo manera",
        Topic.INTERESTS: "aficiones intereses hobbies gusta gustan libre pasatiempos",
        Topic.GOALS: "metas objetivos sueño sueños futuro quieres planes",
        Topic.TRAITS: "personalidad carácter cualidades",
    },
    same=("cuesta costar precio caro", "abierto horario cerrado abre", "niño niños"),
    articles="el|la|los|las|un|una|mi|nuestro|nuestra",
    sentence={
        Topic.WHO: "Soy {}.",
        Topic.EDUCATION: "Mi formación: {}.",
        Topic.LANGUAGES: "Programo en {}.",
        Topic.WEB: "Para la web trabajo con {}.",
        Topic.PROJECTS: "Uno de mis proyectos: {}.",
        Topic.STYLE: "Mi manera de hablar: {}.",
        Topic.INTERESTS: "Me interesan {}.",
        Topic.GOALS: "Uno de mis objetivos: {}.",
        Topic.TRAITS: "Dicen de mí: {}.",
    },
    another="Otro: {}.",
    label={
        Topic.EDUCATION: "mi formación",
        Topic.LANGUAGES: "mis lenguajes",
        Topic.WEB: "mis herramientas web",
        Topic.PROJECTS: "mis proyectos",
        Topic.INTERESTS: "mis intereses",
        Topic.GOALS: "mis metas",
        Topic.TRAITS: "mi carácter",
    },
    and_="y",
    hello="¡Hola! {}",
    how_i_am="Estoy bien, gracias.",
    thanks="De nada.",
    bye="¡Adiós! Ha sido un placer hablar contigo.",
    no="De acuerdo.",
    human="Soy un personaje digital, y ahora mismo respondo solo con mis propios datos.",
    unknown="Eso no está en lo que sé de mí.",
    no_more="Es todo lo que sé de eso.",
    offer="Puedes preguntarme por {}.",
)

PHRASEBOOKS: Mapping[str, Phrasebook] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
}
