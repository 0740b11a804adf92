//! Examples of what is sent and answered, for the description and the page that shows it. A test holds each
//! against its schema.

use serde_json::{Value as Json, json};

/// An example of a schema; `None` where there is none.
pub fn example(name: &str) -> Option<Json> {
    sent(name)
        .or_else(|| of_records(name))
        .or_else(|| of_sources(name))
        .or_else(|| of_rules(name))
}

/// An example of a body.
fn sent(name: &str) -> Option<Json> {
    Some(match name {
        "NewProject" => json!({
            "name": "氢能制造基地二期",
            "code": "2410-420000-04-01-123456",
            "facts": [
                {"variable": "stage", "value": "signed"},
                {"variable": "investment_total", "value": "235000000.00", "qualifier": "约"},
                {"variable": "investment_plan_year", "period": "2024", "value": "50000000.00"},
            ],
        }),
        "NewEnterprise" => json!({
            "name": "示例精密有限公司",
            "code": "91350100M000100Y43",
            "facts": [{"variable": "revenue", "period": "2024", "value": "12000000.00"}],
        }),
        "NewFacts" => json!({
            "facts": [{
                "variable": "remarks", "value": "主体结构封顶",
                "quote": "截至5月底，主体结构封顶。", "known_on": "2024-05-31",
            }],
        }),
        "Retraction" => json!({"reason": "recorded twice"}),
        _ => return None,
    })
}

/// An example of what is known of subjects, and of a problem.
fn of_records(name: &str) -> Option<Json> {
    Some(match name {
        "SubjectPage" => json!({
            "items": [{
                "id": 17, "name": "氢能制造基地二期", "code": "2410-420000-04-01-123456",
                "invented": false, "year": 2024,
                "values": {"stage": "signed", "investment_total": "235000000.00"},
                "qualifiers": {"investment_total": "约"},
            }],
            "next": "5b22717569222c31375d",
        }),
        "Subject" => json!({
            "id": 17, "kind": "project", "name": "氢能制造基地二期",
            "code": "2410-420000-04-01-123456", "organisation": 3, "owner": null, "invented": false,
            "facts": [fact()],
        }),
        "Recorded" => json!({
            "added": 0, "superseded": 1, "unchanged": 0,
            "request": "8e03978e-40d5-43dd-bc93-6894a57f9324", "facts": [fact()],
        }),
        "FactPage" => {
            let mut item = fact();
            item["subject"] = json!(17);
            json!({"items": [item], "next": null})
        }
        "Problem" => json!({
            "type": "about:blank", "title": "Unprocessable Entity", "status": 422,
            "detail": "the request is of the right form and cannot be carried out",
            "errors": [{"detail": "is no date", "pointer": "#/facts/0/value"}],
        }),
        _ => return None,
    })
}

/// An example of where facts came from.
fn of_sources(name: &str) -> Option<Json> {
    Some(match name {
        "FactWithSource" => json!({
            "id": 4711, "subject": {"id": 17, "kind": "project", "name": "氢能制造基地二期"},
            "variable": "investment_total", "period": "", "value": "235000000.00", "qualifier": "约",
            "unit": "万元", "known_on": "2024-05-31", "recorded_at": "2024-06-03T01:12:09.000314Z",
            "source_id": 12, "source": cell(), "import": 5, "recorded_by": "li",
            "history": [{
                "id": 4711, "value": "235000000.00", "qualifier": "约",
                "recorded_at": "2024-06-03T01:12:09.000314Z", "recorded_by": "li",
                "action": "import.commit", "entry": 208,
            }],
        }),
        "SourceAround" => json!({
            "fact": 4711, "source_id": 12, "source": cell(),
            "cells": {
                "columns": ["A", "B", "C"],
                "rows": [
                    {"row": 4, "texts": ["4", "光学镜头项目", "4800"], "cited": null},
                    {"row": 5, "texts": ["5", "氢能制造基地二期", "约23500"], "cited": 2},
                ],
            },
            "passage": null, "missing": null, "reduced": false, "may_take_file": true,
        }),
        "SourcePage" => json!({
            "items": [{
                "id": 12, "recorded_at": "2024-06-03T01:12:09.000314Z",
                "origin": {
                    "kind": "sheet", "file": "重点项目台账.xlsx", "sha256": "9f".repeat(32),
                    "sheet": "5月",
                },
            }],
            "next": null,
        }),
        _ => return None,
    })
}

/// An example of what policies say.
fn of_rules(name: &str) -> Option<Json> {
    Some(match name {
        "FindingPage" => json!({
            "items": [{
                "enterprise": 23, "name": "示例精密有限公司", "code": "91350100M000100Y43",
                "verdict": "ineligible", "year": 2023, "amount": "150000.00",
                "failed": ["rd_share"],
                "short": {"clause": "rd_share", "gap": "-0.002000", "unit": "ratio"},
                "missing": [],
            }],
            "next": null,
        }),
        "ScreeningSummary" => json!({
            "enterprises": 312, "on": null, "saves": "48210350.00",
            "items": [{
                "policy": "hnte_cit_rate", "name": {"zh": "高新技术企业所得税优惠", "en": "High-tech rate"},
                "eligible": 41, "ineligible": 203, "unknown": 68, "not_in_force": 0,
                "amount": "22400100.00", "saves": "21970000.00", "unverified": false,
            }],
        }),
        _ => return None,
    })
}

fn fact() -> Json {
    json!({
        "id": 4711, "variable": "investment_total", "period": "", "value": "235000000.00",
        "qualifier": "约", "unit": "万元", "known_on": "2024-05-31",
        "recorded_at": "2024-06-03T01:12:09.000314Z",
    })
}

fn cell() -> Json {
    json!({
        "kind": "cell", "file": "重点项目台账.xlsx", "sha256": "9f".repeat(32), "sheet": "5月",
        "cell": "C5",
    })
}
