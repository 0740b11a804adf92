cli-screen = 用规则库筛选一批企业（或其记录）
cli-screen--input = 企业表：xlsx、csv 或 parquet
cli-screen--output = 结果文件：.xlsx、.csv 或 .parquet
cli-screen--subject = 对象种类（默认 enterprise）
cli-screen--layout = 形式：long（一企一策一行）或 wide（一企一行，仅 parquet）
cli-screen--rulebook = 规则目录（默认 ./rulebook，没有则用内置的）
cli-screen--zone = 适用哪个园区的地方规则
cli-screen--as-of = 评价日期（默认今天，上海时间）
cli-screen--policy = 只看这项政策（可重复）
cli-screen--set = 假设参数为此值（可重复）：名称=值
cli-screen--format = 汇总的形式：text、json
screen-output-kind = 不知道“{ $value }”是什么文件：请以 .xlsx、.csv 或 .parquet 结尾
screen-wide-is-parquet = wide 形式只能写成 .parquet
screen-ignored = 未识别、已略过的列：{ $value }
screen-note = 第 { $row } 行“{ $column }”的值“{ $value }”不能使用（{ $reason }），按不详处理
screen-summary-header = 政策	名称	符合	不符合	不详	未施行	金额	节省	择优后节省
screen-gainers = 受益 { $gainers } 户，受损 { $losers } 户
