"""The words of the policy file that are fixed: what a key may say."""

from __future__ import annotations

from typing import Literal

Area = Literal["EEA", "GB", "CH"]
Role = Literal["processor", "controller", "joint", "joint_controller", "authority"]
BasisKind = Literal["consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interest"]
Safeguard = Literal["adequacy", "scc", "bcr", "code_of_conduct", "certification", "none"]
Derogation = Literal[
    "explicit_consent",
    "contract",
    "public_interest",
    "legal_claims",
    "vital_interests",
    "public_register",
    "compelling_interest",
]
RightName = Literal[
    "information",
    "access",
    "rectification",
    "erasure",
    "restriction",
    "objection",
    "marketing_opt_out",
    "portability",
    "withdraw_consent",
    "automated_decisions",
    "complaint",
]
SinkKind = Literal[
    "service",
    "mail",
    "message",
    "queue",
    "log",
    "exception",
    "file",
    "export",
    "response",
    "client",
    "cache",
    "url",
    "process",
    "store",
]
CONDITIONS = ("opt_in", "opt_out", "explicit_opt_in", "existing_customer", "balancing_test", "notice")
