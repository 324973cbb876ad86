"""What mediation imports from and exports to spreadsheets."""

from mediation.ledgers import bodies, people

__all__ = ["bodies", "people"]
