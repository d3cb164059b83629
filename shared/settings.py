"""The technical settings of a process, from the environment. `NAME_FILE` names a file that holds a secret."""

import os
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """`REDRESS_MONGO_URL`, `REDRESS_AMQP_URL`, … A secret may come as `…_FILE`, the path of a file."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_", extra="ignore", frozen=True)

    mongo_url: SecretStr = SecretStr("mongodb://127.0.0.1:27017/?replicaSet=rs0")
    amqp_url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    database_prefix: str = Field(default="redress", pattern=r"^[a-z0-9_]{1,30}$")
    config: Path = Path("redress.yaml")
    packs: Path | None = Field(default=None, description="a folder of the company's own packs")
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    grace_seconds: float = Field(default=20, gt=0, description="how long a stop may take")
    batch: int = Field(default=200, ge=1, le=2000)
    linger_ms: int = Field(default=100, ge=0, le=5000)
    outbox_cap: int = Field(default=50_000, ge=1, description="unsent complaints before intake answers 503")
    send_seconds: float = Field(
        default=100, ge=1, le=600, description="how long one message may take to leave"
    )
    smtp_url: SecretStr | None = Field(default=None, description="overrides mail.url of redress.yaml")

    @model_validator(mode="before")
    @classmethod
    def _from_files(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        for name in ("mongo_url", "amqp_url", "smtp_url"):
            path = os.environ.get(f"REDRESS_{name.upper()}_FILE")
            if path and name not in data:
                data[name] = Path(path).read_text("utf-8").strip()
        return data
