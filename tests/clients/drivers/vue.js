import { createApp } from "vue";
import { session } from "../recipes/vue.js";

const app = createApp({ render: () => session.value?.accessToken ?? "signed out" });
app.mount("#app");

export const unmount = () => app.unmount();
