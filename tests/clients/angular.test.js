// Angular's HttpClient over both of its backends, and a view that follows the session.

import { suite } from "./support/suite.js";
import { follows } from "./support/view.js";

const skip =
  process.env.AUTHFETCH_TEST_POLICY && "Angular compiles its templates in the page here, which needs 'unsafe-eval'";

suite([
  { title: "Angular's HttpClient on fetch", driver: "angular.ts", handedOn: "wrapped", also: follows, skip },
  {
    title: "Angular's HttpClient on XMLHttpRequest, with an interceptor",
    driver: "angular-xhr.ts",
    handedOn: "abort",
    also: follows,
    skip,
  },
]);
