policies = Policies
policies-sentence = { $value } enterprise policies judged clause by clause: {""}
policies-eligible-count = { $value } eligible
policies-near-count = { $value } missed by one clause
policies-unknown-count = { $value } lack data
policies-ineligible-count = { $value } not eligible
policies-saves = The best combination that may be enjoyed together saves
policies-eligible-none = On what is known, no policy is certain to fit yet.
policies-more = { $value } more
policies-not-in-force = { $value } more are not in force on that day.
policy-eligible = ● Eligible
policy-near = ▲ One clause short
policy-unknown = ○ Data missing, not to be settled
policy-ineligible = ■ Not eligible
policy-not-in-force = ○ Not in force on that day
policy-clause-holds = ● Holds
policy-clause-fails = ■ Fails
policy-clause-unknown = ○ Data missing
policy-chosen = best combination
policy-near-why = { $clause }: { $gap }
policy-failed-one = Fails: { $clause }
policy-failed-more = Fails: { $clause }, and { $more } more
policy-missing = Missing: {""}
policy-missing-more = and { $value } more
policy-missing-title = { $value ->
    [one] 1 fact is missing
   *[other] { $value } facts are missing
}
policy-amount-unknown = amount not known yet
policy-judged-by = On figures up to { $year }, assessed on { $dates }
policy-day = Assessment date
policy-judge-again = Judge
policy-fact-of = { $label } ({ $period })
policy-short = short by { $value }
policy-spare = { $value } to spare
policy-days = { $value ->
    [one] 1 day
   *[other] { $value } days
}
policy-colon = : {""}
policy-clauses = Clause by clause
policy-no-clauses = This policy does not apply on the assessment date.
policy-clauses-sentence = of { $all } clauses { $holds } hold, { $fails } fail, { $open } lack data.
policy-basis = Legal basis and condition
policy-not-verified = not verified
policy-unverified = Parts of this policy have not been checked against the original text; the authority's answer decides.
policy-by-formula = by formula
policy-computed = formula gives { $value }
policy-unusable = the value given cannot be used: { $value }
policy-amount = Amount
policy-arithmetic = How it comes about
policy-saves = Really saves { $value }.
policy-timing = Only comes earlier; adds nothing to the total.
policy-guide = How to get it
policy-field-tax = tax
policy-field-science = science
policy-field-industry = industry
policy-field-finance = finance
policy-field-talent = talent
policy-field-employment = employment
policy-field-land = land
policy-field-other = other
