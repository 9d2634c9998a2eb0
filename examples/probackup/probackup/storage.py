"""Archives in object storage, in Frankfurt."""

from __future__ import annotations

from typing import Any

import boto3

BUCKET = "havenkluis-archives"


def _client() -> Any:
    return boto3.client("s3", region_name="eu-central-1")


def keep(key: str, content: bytes) -> str:
    """Stores an archive under a key; returns its address."""
    _client().put_object(  # expect: PRV602 contact.email -> amazon_s3; PRV302 -> amazon_s3
        Bucket=BUCKET,
        Key=key,
        Body=content,
        ServerSideEncryption="aws:kms",
    )
    return f"s3://{BUCKET}/{key}"


def drop(prefix: str) -> int:
    """Deletes all archives below a prefix; returns how many."""
    client = _client()
    found = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    for item in found:
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    return len(found)
