"""Which recipient a host belongs to, and where the host stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from privlint.models import Recipient

_LABEL = re.compile(r"[.\-/:_]")


class HostIndex:
    """Domains of `recipients`, asked by host. Of several that fit, the one with the most literal characters decides;
    of equal ones the first id in the order of the alphabet. A domain with a path (`host/path`) fits no bare host."""

    def __init__(self, recipients: Mapping[str, Recipient], regions: Mapping[tuple[str, str], str]) -> None:
        self._recipients = recipients
        self._regions = regions
        self._plain: dict[str, str] = {}
        self._patterns: list[tuple[int, re.Pattern[str], str]] = []
        for name in sorted(recipients):
            for domain in (*recipients[name].domains, *recipients[name].locations):
                self._add(domain.lower(), name)
        self._patterns.sort(key=lambda entry: (-entry[0], entry[2]))
        self._found: dict[str, str] = {}

    def _add(self, domain: str, name: str) -> None:
        if "/" in domain:
            return
        if "*" in domain:
            self._patterns.append((_literal_length(domain), _compile(domain), name))
        else:
            self._plain.setdefault(domain, name)

    def recipient(self, host: str) -> str:
        """Id of the recipient that `host` (a bare name, a port allowed) belongs to, "" if none has it."""
        bare = host.partition(":")[0].rstrip(".").lower()
        found = self._found.get(bare)
        if found is None:
            found = self._found[bare] = self._find(bare)
        return found

    def _find(self, host: str) -> str:
        length, name = self._longest_suffix(host)
        for literal, pattern, candidate in self._patterns:
            if literal <= length:
                break
            if pattern.fullmatch(host):
                return candidate
        return name

    def _longest_suffix(self, host: str) -> tuple[int, str]:
        suffix = host
        while suffix:
            name = self._plain.get(suffix)
            if name is not None:
                return len(suffix), name
            suffix = suffix.partition(".")[2]
        return 0, ""

    def location(self, host: str) -> str:
        """Country (or area, or "*") in which `host` stands, by its recipient's facts; "" if they do not say."""
        bare = host.partition(":")[0].rstrip(".").lower()
        recipient = self._recipients.get(self.recipient(bare))
        if recipient is None:
            return ""
        best = ""
        for domain in recipient.locations:
            if _literal_length(domain) > _literal_length(best) and _fits(domain.lower(), bare):
                best = domain
        return recipient.locations[best] if best else self.region_location(recipient.provider, bare)

    def region_location(self, provider: str, text: str) -> str:
        """Country of the region of `provider` that occurs in `text` as a label: "s3.eu-west-1.amazonaws.com"."""
        if not provider:
            return ""
        found = [name for cloud, name in self._regions if cloud == provider and _has_label(text, name)]
        return self._regions[provider, max(found, key=len)] if found else ""


def _literal_length(domain: str) -> int:
    return len(domain.replace("*", ""))


def _compile(domain: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in domain.split("*")))


def _fits(domain: str, host: str) -> bool:
    if "*" in domain:
        return _compile(domain).fullmatch(host) is not None
    return host == domain or host.endswith("." + domain)


def _has_label(text: str, region: str) -> bool:
    start = text.find(region)
    while start >= 0:
        end = start + len(region)
        before = start == 0 or _LABEL.match(text, start - 1)
        after = end == len(text) or _LABEL.match(text, end)
        if before and after:
            return True
        start = text.find(region, start + 1)
    return False
