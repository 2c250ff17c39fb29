import { issueTokens } from "../tokens.js";

export async function POST(request) {
  const form = await request.formData();
  return Response.json(issueTokens(form.get("user")));
}
