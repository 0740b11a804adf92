export-projects = Projects
export-enterprises = Enterprises
export-facts = Facts
export-no-ledger = There is no ledger in { $value }
export-written = { $file } was written: { $records } records
