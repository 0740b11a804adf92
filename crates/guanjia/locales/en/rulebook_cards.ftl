# Scorecards in an explanation.
explain-scorecard = Scorecard
explain-score = score
explain-stage = stage
explain-level = level
explain-left-out = left out, the rest is scaled up
explain-still-to-gain = could still gain
