from rest_framework import serializers

from anji_police.reports.models import ReportVersion


class VersionSerializer(serializers.ModelSerializer):
    """One version of a month's report, without its figures."""

    month = serializers.CharField(source="report.iso_month", read_only=True)
    document = serializers.SerializerMethodField()
    corrects = serializers.IntegerField(
        source="corrects.number", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = ReportVersion
        fields = [
            "id",
            "month",
            "number",
            "status",
            "document",
            "corrects",
            "created_at",
            "measured_at",
            "reviewed_at",
            "issued_at",
            "figures_sha256",
            "pdf_sha256",
        ]

    def get_document(self, version) -> str | None:
        document = getattr(version.report, "document", None)
        return str(document) if document and version.issued_at else None


class VersionDetailSerializer(VersionSerializer):
    """With the frozen figures, whose canonical JSON has the SHA-256 in figures_sha256."""

    figures = serializers.JSONField(read_only=True, allow_null=True)

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "figures"]
