import { Account } from "./account.jsx";

// Rendered on the server first: there nobody is signed in, and no token is sent.
export default function Page() {
  return <Account />;
}
