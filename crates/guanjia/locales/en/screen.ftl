cli-screen = Screen enterprises (or their records) by the rulebook
cli-screen--input = Table of subjects: xlsx, csv or parquet
cli-screen--output = Output file: .xlsx, .csv or .parquet
cli-screen--subject = Kind of subject (default enterprise)
cli-screen--layout = Form: long (a row per subject and policy) or wide (a row a subject, parquet only)
cli-screen--rulebook = Rulebook directory (default ./rulebook, else the built-in one)
cli-screen--zone = Whose local rules apply
cli-screen--as-of = Assessment date (default today in Shanghai)
cli-screen--policy = Only this policy (repeatable)
cli-screen--set = Suppose a parameter had this value (repeatable): NAME=VALUE
cli-screen--format = Form of the summary: text, json
screen-output-kind = it is not known what file "{ $value }" is: end it in .xlsx, .csv or .parquet
screen-wide-is-parquet = the wide form is written as .parquet only
screen-ignored = columns that are no facts, not read: { $value }
screen-note = row { $row }: "{ $value }" in "{ $column }" cannot be used ({ $reason }) and counts as not known
screen-summary-header = policy	name	eligible	ineligible	unknown	not in force	amount	saves	saves chosen
screen-gainers = { $gainers } gain, { $losers } lose
