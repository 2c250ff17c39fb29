import { createElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { useSession } from "../recipes/react.js";

function Session() {
  return useSession()?.accessToken ?? "signed out";
}

const root = createRoot(document.getElementById("app"));
root.render(createElement(StrictMode, null, createElement(Session)));

export const unmount = () => root.unmount();
