// Whether fibre reaches a postcode: a form that posts to the service of the pages, with the key of its build.
import { element, label, show, trouble } from "./dom.js";

const key = document.querySelector('meta[name="action"]').content;

export async function draw(place) {
  const postcode = element("input", { id: "postcode", name: "postcode", required: "", value: "" });
  const answer = element("div", {});
  const form = element("form", { class: "card narrow" },
    element("h1", {}, "Availability"),
    element("label", { for: "postcode" }, "Postcode"), postcode,
    answer, element("button", { type: "submit" }, label("Check availability")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show(answer);
    try {
      const { postcode: where } = await post(postcode.value);
      show(answer, element("p", { role: "status" }, `Fibre is available at ${where}.`));
    } catch (error) {
      show(answer, trouble(error.message));
    }
  });
  show(place, form);
}

async function post(text) {
  const answer = await fetch(location.pathname, {
    method: "POST",
    headers: { "content-type": "text/plain;charset=UTF-8", "next-action": key },
    body: text,
  });
  if (!answer.ok) throw new Error("We cannot tell at the moment.");
  return answer.json();
}
