#!/usr/bin/env python3
"""Writes what follows from the contract files beside it:

  asyncapi.json                                 an AsyncAPI 3 document over all topics and types
  ../Sources/Contracts/Generated/ContractFiles.swift   the files themselves, for the binary

Run it after every change under topics/; a test compares the embedded files byte for byte. Only the
standard library: topic files keep to the small part of YAML that `read_topic` understands.
"""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
SWIFT = HERE.parent / "Sources/Contracts/Generated/ContractFiles.swift"
EXTENSIONS = (
    "partitionkey sequence traceparent tracestate correlationid causationid recordedtime "
    "authid dataref"
)


def scalar(text):
    text = text.strip()
    if text.startswith('"'):
        return json.loads(text)
    text = text.split("  #")[0].strip()
    if text == "[]":
        return []
    return int(text) if text.lstrip("-").isdigit() else text


def read_topic(path):
    """`key: value`, and one level of `- item` or `key: value` below a key without a value."""
    topic, key, about = {}, None, []
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            about.append(line[1:].strip())
        elif line.startswith("  - "):
            topic.setdefault(key, []).append(scalar(line[4:]))
        elif line.startswith("  "):
            name, _, value = line.strip().partition(":")
            topic.setdefault(key, {})[name] = scalar(value)
        elif line.strip():
            key, _, value = line.partition(":")
            if value.strip():
                topic[key] = scalar(value)
    topic["about"] = " ".join(about)
    return topic


def topics():
    files = [p for p in sorted(HERE.glob("*.yaml")) if p.name != "policy.yaml"]
    return [read_topic(p) for p in files]


def message(name):
    schema = json.loads((HERE / f"schemas/{name}.json").read_text())
    example = json.loads((HERE / f"examples/{name}.json").read_text())
    envelope = {
        "allOf": [
            {"$ref": "schemas/cloudevent.json"},
            {
                "type": "object",
                "required": ["data"],
                "properties": {
                    "type": {"const": name},
                    "data": {"$ref": f"schemas/{name}.json"},
                },
            },
        ]
    }
    return {
        "name": name,
        "title": name,
        "summary": schema["description"],
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": envelope,
        },
        "examples": [{"name": "valid", "payload": example}],
    }


def channel(topic):
    refs = {
        name: {"$ref": f"#/components/messages/{name}"} for name in topic["types"]
    }
    return {
        "address": topic["name"],
        "title": topic["name"],
        "description": f"{topic['about']} Key: {topic['key']}.",
        "messages": refs,
        "bindings": {
            "kafka": {
                "topic": topic["name"],
                "partitions": topic["partitions"],
                "replicas": topic["replication"],
                "topicConfiguration": {
                    "cleanup.policy": [topic["cleanup"]],
                    "retention.ms": topic["retentionMs"],
                    **{
                        k: v
                        for k, v in topic["settings"].items()
                        if k in ("delete.retention.ms", "max.message.bytes")
                    },
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def operation(topic):
    inbound = topic["name"].startswith(("mes.", "qms."))
    reference = topic["name"].replace("/", "~1")
    return {
        "action": "receive" if inbound else "send",
        "channel": {"$ref": f"#/channels/{reference}"},
        "summary": topic["about"],
        "messages": [
            {"$ref": f"#/channels/{reference}/messages/{name}"} for name in topic["types"]
        ],
    }


def asyncapi():
    all_topics = topics()
    return {
        "asyncapi": "3.1.0",
        "id": "urn:holdfast",
        "info": {
            "title": "Holdfast",
            "version": "1.0.0",
            "description": (
                "Every topic and event type between MES and QMS. Events are CloudEvents 1.0: "
                "structured JSON is written, structured and binary mode are read. Extensions that "
                f"are read and carried on: {', '.join(EXTENSIONS.split())}."
            ),
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {t["name"]: channel(t) for t in all_topics},
        "operations": {
            ("receive " if t["name"].startswith(("mes.", "qms.")) else "send ")
            + t["name"]: operation(t)
            for t in all_topics
            if t["types"]
        },
        "components": {
            "messages": {name: message(name) for t in all_topics for name in t["types"]}
        },
    }


def embedded():
    """Relative paths of what the binary carries."""
    paths = list(HERE.glob("*.yaml")) + list(HERE.glob("schemas/*.json"))
    return sorted(str(p.relative_to(HERE)) for p in paths)


def swift():
    out = [
        "// swift-format-ignore-file",
        "// Generated by topics/generate.py: do not edit. The files of the contract, so that the one",
        "// binary runs anywhere. A test compares them with the files, byte for byte.",
        "",
        "/// The files under topics/ that the worker needs: topic files, schemas, the default policy.",
        "package enum ContractFiles {",
        "    /// The text of a file, by its path below topics/.",
        "    package static func text(_ path: String) -> String? {",
        "        all.first { $0.path == path }?.text",
        "    }",
        "",
        "    /// All files, sorted by path.",
        "    package static let all: [(path: String, text: String)] = [",
    ]
    for path in embedded():
        text = (HERE / path).read_text()
        if '"""##' in text:
            raise SystemExit(f"{path} holds the end of a raw string literal")
        if not text.endswith("\n"):
            raise SystemExit(f"{path} does not end in a line feed")
        out += ["        (", f'            "{path}",', '##"""', text, '"""##', "        ),"]
    out += ["    ]", "}"]
    return "\n".join(out) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


write(HERE / "asyncapi.json", json.dumps(asyncapi(), indent=2, ensure_ascii=False) + "\n")
write(SWIFT, swift())
