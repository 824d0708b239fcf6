// Sends what a reader filled in, with their key, to this very service; keeps nothing.
"use strict";

const key = document.getElementById("key");

function told(output, status, good, text) {
  const line = document.createElement("p");
  line.className = good ? "status good" : "status bad";
  line.textContent = status;
  const body = document.createElement("pre");
  body.tabIndex = 0;
  body.textContent = text;
  output.replaceChildren(line, body);
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(output, path, options) {
  const headers = { ...options.headers, "Accept-Language": document.documentElement.lang };
  if (key.value.trim()) headers.Authorization = "Bearer " + key.value.trim();
  const began = performance.now();
  try {
    const answer = await fetch(path, { ...options, headers, credentials: "omit" });
    const text = await answer.text();
    const lasted = Math.round(performance.now() - began);
    told(output, `${answer.status} ${answer.statusText} · ${lasted} ms`, answer.ok, pretty(text));
  } catch {
    told(output, document.body.dataset.unreached, false, "");
  }
}

function addressOf(form) {
  let path = form.dataset.path;
  const asked = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-in]")) {
    const value = field.value.trim();
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    if (field.dataset.in === "query" && value) asked.append(field.name, value);
    if (field.dataset.in === "filters" && value) {
      for (const [name, one] of new URLSearchParams(value)) asked.append(name, one);
    }
  }
  return asked.size ? `${path}?${asked}` : path;
}

function headersOf(form) {
  const headers = {};
  for (const field of form.querySelectorAll("[data-in=header]")) {
    if (field.value.trim()) headers[field.name] = field.value.trim();
  }
  return headers;
}

function bodyOf(form) {
  const query = form.querySelector("[name=query]");
  if (!query) return form.querySelector("[name=body]")?.value;
  const variables = form.querySelector("[name=variables]").value.trim();
  return JSON.stringify({ query: query.value, variables: variables ? JSON.parse(variables) : null });
}

async function submitted(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const output = form.querySelector("output");
  const button = event.submitter;
  button.disabled = true;
  const headers = headersOf(form);
  try {
    if (button.dataset.path) {
      await send(output, button.dataset.path, { method: "GET", headers });
    } else {
      const body = bodyOf(form);
      if (body !== undefined) headers["Content-Type"] = "application/json";
      await send(output, addressOf(form), { method: form.dataset.verb, headers, body });
    }
  } catch (error) {
    told(output, String(error.message), false, "");
  } finally {
    button.disabled = false;
  }
}

function exampleOf(form) {
  const chosen = form.querySelector("[name=example]");
  const body = form.querySelector("[name=body]");
  const table = form.querySelector("[name=table]");
  chosen?.addEventListener("change", () => {
    body.value = chosen.selectedOptions[0].dataset.body;
  });
  table?.addEventListener("change", () => {
    if (!chosen || ![...chosen.options].some((one) => one.value === table.value)) return;
    chosen.value = table.value;
    body.value = chosen.selectedOptions[0].dataset.body;
  });
}

if (matchMedia("(max-width: 60rem)").matches) document.querySelector("nav details").open = false;

for (const form of document.querySelectorAll("form[data-path]")) {
  form.addEventListener("submit", submitted);
  exampleOf(form);
}
