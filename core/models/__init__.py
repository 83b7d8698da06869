"""The tables. data about people in users, content, reports, executions and workers."""

from core.models.account_links import AccountLink
from core.models.api_tokens import ApiToken
from core.models.base import Base, UtcDateTime
from core.models.content import Dashboard, DashboardTile, DataSource, SavedQuery
from core.models.executions import Attempt, Delivery, GeneratedFile, ReportExecution
from core.models.reports import EmailConfiguration, ScheduledReport
from core.models.shares import Share
from core.models.users import AuditEntry, LoginAttempt, User, UserSession, Workspace
from core.models.workers import Worker

__all__ = [
    "AccountLink",
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "Base",
    "Dashboard",
    "DashboardTile",
    "DataSource",
    "Delivery",
    "EmailConfiguration",
    "GeneratedFile",
    "LoginAttempt",
    "ReportExecution",
    "SavedQuery",
    "ScheduledReport",
    "Share",
    "User",
    "UserSession",
    "UtcDateTime",
    "Worker",
    "Workspace",
]
