"""Units and accounts that all tests share. Everything is valid as made; a test changes only what it is about."""

import factory
from django.utils import timezone

from anji_police.accounts.models import User, UserRole
from anji_police.accounts.roles import Role, kind_of
from anji_police.places.models import Place, Unit

PASSWORD = "Zhu-Hai-2024-Anji"


def place(code: str = "330523001", name: str = "递铺街道", level: str = "township", parent=None) -> Place:
    """A place by its GB code; made once."""
    return Place.objects.get_or_create(code=code, defaults={"name": name, "level": level, "parent": parent})[
        0
    ]


def bureau() -> Unit:
    """The root of the tree, which every other unit hangs under."""
    unit = Unit.objects.filter(kind=Unit.Kind.BUREAU).first()
    if unit is None:
        unit = Unit.objects.create(
            code="330523000000", name="安吉县公安局", short_name="县局", kind=Unit.Kind.BUREAU, path="/0/"
        )
        unit.path = f"/{unit.pk}/"
        unit.save(update_fields=["path"])
    return unit


class UnitFactory(factory.django.DjangoModelFactory):
    """A police station under the bureau."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"33052351{n:04d}")
    name = factory.Sequence(lambda n: f"孝源{n}派出所")
    short_name = factory.LazyAttribute(lambda unit: unit.name.replace("派出所", "所"))
    kind = Unit.Kind.STATION
    parent = factory.LazyFunction(bureau)
    path = factory.Sequence(lambda n: f"/0/{n}/")

    @factory.post_generation
    def hang(self, create, extracted, **kwargs):
        """Set the path from the keys, as the service does."""
        if create:
            self.path = f"{self.parent.path}{self.pk}/" if self.parent_id else f"/{self.pk}/"
            self.save(update_fields=["path"])


class UserFactory(factory.django.DjangoModelFactory):
    """An account: `UserFactory(roles=["officer"], unit=…)`. Without roles it can do nothing. Password: PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: "王李张陈沈潘方金施"[n % 9] + "建国")
    unit = factory.SubFactory(UnitFactory)
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        if create and extracted:
            UserRole.objects.bulk_create(
                [
                    UserRole(user=self, role=role, kind=kind_of(role), granted_at=timezone.now())
                    for role in extracted
                ]
            )


def officer(**facts) -> User:
    return UserFactory(roles=[Role.OFFICER], **facts)


def chief(**facts) -> User:
    return UserFactory(roles=[Role.STATION_CHIEF], **facts)


def duty_desk(**facts) -> User:
    return UserFactory(roles=[Role.DUTY_DESK], unit=bureau(), **facts)


def leader(**facts) -> User:
    return UserFactory(roles=[Role.LEADERSHIP], unit=bureau(), **facts)


def administrator(kind: Role = Role.SYSTEM_ADMIN, **facts) -> User:
    return UserFactory(roles=[kind], unit=bureau(), **facts)
