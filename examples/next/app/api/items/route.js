import { userOf } from "../tokens.js";

export function GET(request) {
  const user = userOf(request);
  if (!user) return Response.json({ error: "invalid_token" }, { status: 401 });
  return Response.json([`A book of ${user}`, `A lamp of ${user}`]);
}
