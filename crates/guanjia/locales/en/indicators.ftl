cli-rulebook-indicators = What the indicators show of each group, or of each subject
cli-rulebook-indicators--input = Table of subjects: xlsx, csv or parquet
cli-rulebook-indicators--subject = Kind of subject (default enterprise)
cli-rulebook-indicators--by = Variable that the members of a group share (default: all are one group)
cli-rulebook-indicators--rulebook = Rulebook directory (default ./rulebook, else the built-in one)
cli-rulebook-indicators--zone = Zone whose local rules apply
cli-rulebook-indicators--as-of = Assessment date (default today in Asia/Shanghai)
cli-rulebook-indicators--policy = Not used here
cli-rulebook-indicators--set = Put a parameter to this value (repeatable): NAME=VALUE
cli-rulebook-indicators--format = Output form: text, json
indicators-no-variable = subjects of this kind have no variable "{ $value }" to be grouped by
indicators-header = indicator	name	group	value	growth	ahead (points)	rank	target	done	ahead of time (points)	counted	not known
