api-docs = 程序接口
api-docs-sentence = 共有 { $value } 个只读接口，完整说明见
api-docs-token = 每次请求带上令牌，在“我的账号”中新建：
