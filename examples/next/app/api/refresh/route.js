import { issueTokens, spend } from "../tokens.js";

export async function POST(request) {
  const user = spend((await request.json()).refresh_token);
  return user ? Response.json(issueTokens(user)) : Response.json({ error: "invalid_grant" }, { status: 401 });
}
