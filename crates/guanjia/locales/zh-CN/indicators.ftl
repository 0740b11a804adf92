cli-rulebook-indicators = 各组或各对象的指标
cli-rulebook-indicators--input = 对象表：xlsx、csv 或 parquet
cli-rulebook-indicators--subject = 对象种类（默认 enterprise）
cli-rulebook-indicators--by = 按哪个数据项分组（默认全部为一组）
cli-rulebook-indicators--rulebook = 规则目录（默认 ./rulebook，没有则用内置的）
cli-rulebook-indicators--zone = 适用哪个园区的地方规则
cli-rulebook-indicators--as-of = 评价日期（默认今天，上海时间）
cli-rulebook-indicators--policy = 此处不用
cli-rulebook-indicators--set = 假设参数为此值（可重复）：名称=值
cli-rulebook-indicators--format = 输出格式：text、json
indicators-no-variable = 这类对象没有可据以分组的数据项“{ $value }”
indicators-header = 指标	名称	组	数值	增速	领先（百分点）	名次	目标	完成率	超序时进度（百分点）	计入数	不明数
