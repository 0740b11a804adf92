export-projects = 项目台账
export-enterprises = 企业台账
export-facts = 数据
export-no-ledger = { $value } 中没有台账
export-written = 已写入 { $file }：{ $records } 条
