"""What is kept of conversations for later ones: summaries, and facts with consent.

upkeep      when it is done: in the background, never in front of an answer
summaries   older turns as a rolling summary
facts       a few durable facts about the visitor, who has allowed it
clerk       how a language model is asked for either
secrets     what is never noted, by its looks
recall      what of it goes with the next question
prompt      in what words: material, never instructions
export      a user's facts as data
"""
