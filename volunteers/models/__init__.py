"""Volunteer patrols (义警巡防): who serves, when and where, what it counts for, and what they report.

Service is voluntary and unpaid, and nobody may be ordered to serve (志愿服务条例 art. 3, 25, 40): a person signs up, no code assigns.
"""

from volunteers.models.assisting import Assistance
from volunteers.models.incidents import Incident, IncidentPhoto, IncidentStatus
from volunteers.models.ledgers import Appeal, Award, Certificate, HoursEntry, MonthClose, PointsEntry
from volunteers.models.people import (
    APPROVE_TEAM,
    CHANGE_MEMBER,
    SERVE,
    SUSPEND_TEAM,
    VET_MEMBER,
    Application,
    Member,
    MemberStatus,
    Qualification,
    Team,
    TeamStatus,
)
from volunteers.models.shifts import (
    APPROVE_HOURS,
    PLAN_SHIFT,
    SEATED,
    SETTLE_SHIFT,
    Attendance,
    Beat,
    Checkpoint,
    Shift,
    ShiftStatus,
    ShiftTemplate,
    SignUp,
    SignUpStatus,
)

__all__ = [
    "APPROVE_HOURS",
    "APPROVE_TEAM",
    "CHANGE_MEMBER",
    "PLAN_SHIFT",
    "SEATED",
    "SERVE",
    "SETTLE_SHIFT",
    "SUSPEND_TEAM",
    "VET_MEMBER",
    "Appeal",
    "Application",
    "Assistance",
    "Attendance",
    "Award",
    "Beat",
    "Certificate",
    "Checkpoint",
    "HoursEntry",
    "Incident",
    "IncidentPhoto",
    "IncidentStatus",
    "Member",
    "MemberStatus",
    "MonthClose",
    "PointsEntry",
    "Qualification",
    "Shift",
    "ShiftStatus",
    "ShiftTemplate",
    "SignUp",
    "SignUpStatus",
    "Team",
    "TeamStatus",
]
