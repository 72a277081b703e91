import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


@pytest.mark.usefixtures("world")
class TestModels:
    def test_are_what_the_migrations_make(self) -> None:
        migrations = MigrationLoader(None)
        made = migrations.project_state()
        declared = ProjectState.from_apps(apps)

        assert MigrationAutodetector(made, declared).changes(migrations.graph) == {}
