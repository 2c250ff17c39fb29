import { useSyncExternalStore } from "react";
import { auth } from "./auth.js";

const read = () => auth.session;
const onServer = () => null;

export const useSession = () => useSyncExternalStore(auth.subscribe, read, onServer);
