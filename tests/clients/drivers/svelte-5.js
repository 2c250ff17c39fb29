import { mount, unmount as remove } from "svelte";
import Session from "./session-5.svelte";

const component = mount(Session, { target: document.getElementById("app") });

export const unmount = () => remove(component);
