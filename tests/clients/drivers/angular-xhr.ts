// First of all what compiles in the page: Angular's packages need it as they are evaluated.
import "@angular/compiler";
import { providers } from "../recipes/angular-xhr.js";
import { bootstrap } from "../support/angular.js";

export const { read, write } = await bootstrap(providers);
