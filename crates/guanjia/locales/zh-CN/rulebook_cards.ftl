# 判定说明里的评分卡。
explain-scorecard = 评分卡
explain-score = 得分
explain-stage = 阶段
explain-level = 等级
explain-left-out = 不计，其余折算为满分
explain-still-to-gain = 还可得
