// As its documentation has it: `getIdToken()` before each call.
import { initializeApp } from "firebase/app";
import { getAuth, signInWithEmailAndPassword } from "firebase/auth";

const firebase = getAuth(initializeApp({ apiKey: "key", projectId: "demo-app" }));

export const signIn = (email, password) => signInWithEmailAndPassword(firebase, email, password);
export async function isSignedIn() {
  await firebase.authStateReady();
  return firebase.currentUser !== null;
}
export const token = () => firebase.currentUser.getIdToken();
