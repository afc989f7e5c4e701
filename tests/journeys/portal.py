"""A small portal for tests: a login with a cookie, a dashboard, a checkout; each can be broken in its own way."""

import json
from dataclasses import dataclass
from itertools import count

from smoke.environment.environment import Environment
from tests.browser.chromium import environment
from tests.browser.site import Answer, Asked, Site

USER, PASSWORD = "anna@example.jp", "correct horse battery"
SESSION = "s3ss10n-of-anna-0123456789abcdef"

LOGIN = """<!doctype html><h1>Sign in</h1><form>
<label>Email <input name=email></label><label>Password <input name=password type=password></label>
<button>Sign in</button><p role=alert></p></form><script>
document.forms[0].onsubmit = async event => {
  event.preventDefault();
  const [email, password] = ['email', 'password'].map(name => event.target[name].value);
  const answer = await fetch('/auth/login', {method: 'POST', body: JSON.stringify({email, password}),
    headers: {'content-type': 'application/json'}});
  if (!answer.ok) return void (document.querySelector('[role=alert]').textContent = 'Wrong email or password');
  KEEP; history.pushState({}, '', '/dashboard');
  document.body.innerHTML = '<h1>Dashboard</h1><p>Hello anna@example.jp</p>';
}</script>"""

CHECKOUT = """<!doctype html><h1>Checkout</h1><form><label>Product <select><option>Hosting</option></select></label>
<label>Quantity <input type=number value=1></label><button>Continue to summary</button></form><script>
const ask = (path, method, body) => fetch(path, {method, body, headers: {'content-type': 'application/json'}});
document.forms[0].onsubmit = async event => {
  event.preventDefault();
  const quantity = Number(document.querySelector('input').value);
  const draft = await (await ask('/checkout/drafts', 'POST', JSON.stringify({quantity}))).json();
  document.body.innerHTML += `<section aria-label="Order summary"><dl><dt>Quantity</dt><dd>${quantity}</dd>
    <dt>Monthly each</dt><dd>¥1,050</dd><dt>Total</dt><dd>${draft.total}</dd></dl>
    <button id=order>Place order</button><button id=discard>Discard</button></section>`;
  order.onclick = () => ask('/checkout/orders', 'POST', '{}');
  discard.onclick = async () => { DISCARD };
}</script>"""


@dataclass
class Portal:
    """What the portal does; change it before the first request."""

    site: Site
    total: str = "¥2,100"
    discard: str = "await ask(`/checkout/drafts/${draft.id}`, 'DELETE'); document.querySelector('section').remove()"
    keep: str = "0"
    cookie: str | None = f"session={SESSION}; Path=/; HttpOnly; SameSite=Lax"
    refusals: int = 0
    refused_with: int = 401
    turned_away: tuple[int, ...] = ()
    """Numbers of the logins, from 0, that are refused whatever is typed."""

    def __post_init__(self) -> None:
        """Put all pages up."""
        self._ids = count(1)
        self.site.serve("/login", LOGIN.replace("KEEP", self.keep))
        self.site.reply("/auth/login", self._login, method="POST")
        self.site.reply("/dashboard", self._dashboard)
        self.site.serve("/checkout", CHECKOUT.replace("DISCARD", self.discard))
        self.site.reply("/checkout/drafts", self._draft, method="POST")
        for number in range(1, 9):
            self.site.serve(f"/checkout/drafts/{number}", "", method="DELETE", status=200)

    @property
    def logins(self) -> int:
        """How many times somebody tried to log in."""
        return len(self.site.requests("POST", "/auth/login"))

    def environment(self, **changes: object) -> Environment:
        """Return the environment file of this portal."""
        reference = {"user": {"env": "USER"}, "password": {"env": "PASSWORD"}}
        writes = [{"name": "draft", "service": "web", "methods": ["POST", "DELETE"], "path": "/checkout/drafts*"}]
        described = {
            "roles": {"customer": reference},
            "login": {"service": "web", "path": "/auth/login", "user_field": "email"},
            "writes": writes,
            "journeys": [{"name": "login", "flow": "login", "role": "customer"}],
        }
        return environment(self.site, **{**described, **changes})

    def _login(self, asked: Asked) -> Answer:
        said = json.loads(asked.body)
        if self.logins - 1 in self.turned_away:
            return Answer("{}", self.refused_with, "application/json")
        if self.refusals > 0 or (said["email"], said["password"]) != (USER, PASSWORD):
            self.refusals -= 1
            return Answer("{}", self.refused_with, "application/json")
        return Answer("{}", 200, "application/json", (("set-cookie", self.cookie),) if self.cookie else ())

    def _dashboard(self, asked: Asked) -> Answer:
        if SESSION not in asked.headers.get("Cookie", ""):
            return Answer(status=302, headers=(("location", "/login"),))
        return Answer(f"<!doctype html><h1>Dashboard</h1><p>Hello {USER}</p>")

    def _draft(self, asked: Asked) -> Answer:
        return Answer(json.dumps({"id": next(self._ids), "total": self.total}), 201, "application/json")
