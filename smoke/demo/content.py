"""What the portal's databases hold: one tenant, two synthetic customers, a catalogue, subscriptions and invoices."""

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from smoke.demo.database import Connection
from smoke.demo.passwords import hashed


@dataclass(frozen=True, slots=True)
class Account:
    """A synthetic customer who can log in; the password is new in every run."""

    email: str
    name: str
    company: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)


def customer() -> Account:
    """Return the account that checks and journeys use."""
    return Account("smoke.customer@aozora.example", "Haru Sato", "Sato Trading K.K.")


def control() -> Account:
    """Return the second account."""
    return Account("smoke.control@aozora.example", "Mei Tanaka", "Tanaka Design Office")


def staff() -> Account:
    """Return someone who works for the tenant, and whom no synthetic visitor is."""
    return Account("staff@aozora.example", "Ren Ito", "Aozora Hosting K.K.")


class Product(NamedTuple):
    """An article of the catalogue; *monthly* in US dollars."""

    sku: str
    name: str
    summary: str
    monthly: Decimal


PRODUCTS = (
    Product("SIM-20", "Mobile data 20 GB", "5G data for one line, with tethering, no fixed term.", Decimal("19.90")),
    Product("SIM-50", "Mobile data 50 GB", "5G data for a small office, shared by three lines.", Decimal("34.90")),
    Product("NET-1G", "Fibre 1 Gbit/s", "Symmetric fibre with static address and quick repair.", Decimal("58.40")),
    Product("WEB-S", "Web hosting S", "Ten sites on fast disks, daily backups, free certificates.", Decimal("8.49")),
    Product("WEB-L", "Web hosting L", "Unlimited sites, staging copies and a dedicated database.", Decimal("24.99")),
    Product("VOX-5", "Voice, five lines", "Business telephony with call recording and a mobile app.", Decimal("41.75")),
)

KNOWN_INVOICE = "INV-2026-0001"
KNOWN_TOTAL = Decimal("105.19")
INVOICES_EACH = 12


async def populate(connection: Connection, accounts: tuple[Account, ...]) -> None:
    """Fill an empty production database."""
    await connection.execute("INSERT INTO tenant VALUES (%s, %s, %s)", ("Aozora Hosting K.K.", "production", "USD"))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO product (sku, name, summary, monthly) VALUES (%s, %s, %s, %s)", [tuple(p) for p in PRODUCTS]
        )
        await cursor.executemany(
            "INSERT INTO customer (email, name, company, password_hash) VALUES (%s, %s, %s, %s)",
            [(a.email, a.name, a.company, hashed(a.password)) for a in (*accounts, staff())],
        )
        await cursor.execute("UPDATE customer SET role = 'staff' WHERE email = %s", (staff().email,))
        await cursor.executemany(
            "INSERT INTO subscription (customer_id, product_id, status, renews_on) VALUES (%s, %s, %s, %s)",
            [(who, what, "active", date(2026, 12, 3 * what)) for who in (1, 2) for what in range(who, who + 4)],
        )
        await cursor.executemany(
            "INSERT INTO invoice (number, customer_id, whmcs_id, issued_on, total) VALUES (%s, %s, %s, %s, %s)",
            [_invoice(position) for position in range(2 * INVOICES_EACH)],
        )


async def turn_into_staging(connection: Connection) -> None:
    """Change a copy of the production data into that of staging: the same people, other numbers and amounts."""
    await connection.execute("UPDATE tenant SET name = 'Aozora Hosting (staging)', environment = 'staging'")
    await connection.execute("DELETE FROM invoice WHERE whmcs_id % 3 <> 0")
    await connection.execute(
        "UPDATE invoice SET number = replace(number, 'INV-2026-', 'STG-'), total = round(total / 7, 2)"
    )


def _invoice(position: int) -> tuple[str, int, int, date, Decimal]:
    """Return the row of one invoice: the first twelve belong to the first customer."""
    owner, month = divmod(position, INVOICES_EACH)
    total = KNOWN_TOTAL if position == 0 else Decimal("41.30") + Decimal("7.63") * ((position * 5) % 11)
    issued = date(2025, 12, 1) + timedelta(days=28 * month)
    return f"INV-2026-{position + 1:04}", owner + 1, 7001 + position, issued, total
