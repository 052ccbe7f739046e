"""Questions whose answers are known, to measure whether they are found.

Each names the document and some words of the passage that has the answer. About half of
them use other words than the text does; some ask in German, Japanese and Chinese.
"""

from typing import NamedTuple


class Known(NamedTuple):
    question: str
    document: str
    answer: str
    language: str = "en"


QUESTIONS = (
    Known("When do you open on Thursdays?", "harbour-museum", "On Thursdays"),
    Known(
        "How much is admission for a pupil or student?", "harbour-museum", "seven euros"
    ),
    Known(
        "Do kids have to pay at the museum?", "harbour-museum", "Children under twelve"
    ),
    Known("Where can I park my car?", "harbour-museum", "fish market"),
    Known(
        "Can I take my backpack into the galleries?",
        "harbour-museum",
        "Large rucksacks",
    ),
    Known(
        "Is the building accessible by wheelchair?", "harbour-museum", "A lift reaches"
    ),
    Known("May I bring my dog?", "harbour-museum", "Guide dogs"),
    Known("Who designed the lighthouse?", "lighthouse", "Harriet Vane"),
    Known(
        "How far away can the light be seen at night?", "lighthouse", "nautical miles"
    ),
    Known("Who was the last lighthouse keeper?", "lighthouse", "Tomas Brill"),
    Known("How many stairs lead up the tower?", "lighthouse", "sixty-two steps"),
    Known("What did the lamp burn before electricity?", "lighthouse", "whale oil"),
    Known("My sourdough smells of nail polish, what now?", "bread", "nail varnish"),
    Known("How hot must the oven be for a loaf?", "bread", "two hundred and fifty"),
    Known("Which bread can I eat with a nut allergy?", "bread", "have nuts"),
    Known("What happens to unsold bread?", "bread", "goes to the shelter"),
    Known("How do I repair a puncture?", "bicycle", "patch kit"),
    Known("My brakes squeal", "bicycle", "vinegar"),
    Known("I lost the key of the rental bicycle", "bicycle", "fifteen euros"),
    Known("What is the range of the e-bike battery?", "bicycle", "sixty kilometres"),
    Known(
        "How large is the lens of the telescope?", "observatory", "forty centimetres"
    ),
    Known(
        "On which evening may visitors watch the stars?", "observatory", "Friday nights"
    ),
    Known(
        "Is it safe to watch a solar eclipse with sunglasses?",
        "observatory",
        "paper glasses",
    ),
    Known("How can I become a volunteer?", "observatory", "three evenings"),
    Known("How long does a worker bee live?", "bees", "six weeks in summer"),
    Known("Why do bees swarm?", "bees", "that is a swarm"),
    Known("What should I do after a bee sting?", "bees", "scrape the sting"),
    Known("How many eggs does the queen lay per day?", "bees", "two thousand eggs"),
    Known("When does the choir practise?", "choir", "on Wednesdays"),
    Known("How expensive is membership in the choir?", "choir", "sixty euros"),
    Known("Why are the ferry concerts so short?", "choir", "twenty minutes"),
    Known("Where do the ponies originally come from?", "islandpony", "Iceland"),
    Known("What do ponies eat when it is cold?", "islandpony", "seaweed"),
    Known("Am I allowed to feed the ponies?", "islandpony", "must not feed"),
    Known("Wann darf ich den Rasen mähen?", "garten", "nicht gemäht", "de"),
    Known("Wie hoch darf eine Hecke sein?", "garten", "Meter zwanzig", "de"),
    Known("Was kostet der Garten im Jahr?", "garten", "Die Pacht", "de"),
    Known(
        "Wie warm ist das Wasser im Becken?", "schwimmbad", "sechsundzwanzig Grad", "de"
    ),
    Known(
        "Gibt es abends einen günstigeren Preis?", "schwimmbad", "Feierabendtarif", "de"
    ),
    Known("Wann beginnt der nächste Schwimmkurs?", "schwimmbad", "Schwimmkurse", "de"),
    Known("Bis wann muss ich kündigen?", "garten", "bis Ende Juni", "de"),
    Known("茶館は何時に開きますか", "teahouse", "朝九時", "ja"),
    Known("抹茶はどこから来ますか", "teahouse", "宇治", "ja"),
    Known("茶道教室の料金はいくらですか", "teahouse", "三千円", "ja"),
    Known("建物はいつ建てられましたか", "teahouse", "明治四十年", "ja"),
    Known("什么时候喂熊猫？", "panda", "喂竹子", "zh"),
    Known("学生票多少钱？", "panda", "学生凭证", "zh"),
    Known("可以用闪光灯拍照吗？", "panda", "闪光灯", "zh"),
    Known("小熊猫宝宝叫什么名字？", "panda", "小雪和团团", "zh"),
)
