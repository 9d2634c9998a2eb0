"""The task queue."""

from __future__ import annotations

from celery import Celery

from probackup.config import settings

app = Celery("havenkluis", broker=settings().broker_url)
app.conf.task_ignore_result = True
app.conf.beat_schedule = {
    "purge-customers": {"task": "probackup.jobs.purge.purge_former_customers", "schedule": 86_400},
    "purge-promotion": {"task": "probackup.jobs.purge.purge_promotion", "schedule": 86_400},
    "newsletter": {"task": "probackup.campaigns.newsletter.send_newsletter", "schedule": 604_800},
}
app.autodiscover_tasks(
    ["probackup.accounts", "probackup.campaigns", "probackup.jobs"],
    related_name="tasks",
)
