// The way to the API: JSON with the session cookie, and with the key that some APIs want of every client.
const origin = document.querySelector('meta[name="api"]').content;
const key = document.querySelector('meta[name="api-key"]')?.content;

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function ask(path, { method = "GET", body } = {}) {
  const answer = await fetch(`${origin}${path}`, {
    method,
    credentials: "include",
    headers: {
      ...(key && { "x-api-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 204) return null;
  const content = await answer.json();
  if (!answer.ok) throw new ApiError(answer.status, content.message ?? "The request failed");
  return content;
}

export async function whoAmI() {
  try {
    return await ask("/auth/me");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export function signOut() {
  return ask("/auth/logout", { method: "POST" });
}
