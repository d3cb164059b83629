"""Whether a complaint counts in its customer's measures; written on its page with the complaint."""

from hashlib import sha256

from shared.contracts.complaints import Complaint
from shared.policy.milestones import WITHDRAWN
from shared.policy.pack import Pack
from shared.store.page import Page

KIND = "complaint"


def customer_key(unit: str, customer: str) -> str:
    """Customers' pages go by a hash, so that ids of customers stand in no log and in no trace. It is what
    intake, too, calls the page of a customer."""
    return sha256(f"{unit}\n{customer}".encode()).hexdigest()[:32]


def count(page: Page, pack: Pack, complaint: Complaint, kind: str, validity: str | None) -> None:
    """Say on the page whose complaint it is, since when, and whether it counts. Where the pack has no tiers,
    or nobody knows the customer, nothing."""
    customer = complaint.complainant.id
    page.body.pop("customer", None)
    if pack.tiers is None or customer is None:
        return
    milestones = page.body.get("milestones", {}).values()
    valid = pack.validity is None or validity is None or pack.validity.values[validity].counts
    counts = kind == KIND and valid and all(m["name"] != WITHDRAWN for m in milestones)
    page.body["customer"] = {
        "key": customer_key(complaint.unit, customer),
        "at": complaint.received_at,
        "counts": counts,
    }
