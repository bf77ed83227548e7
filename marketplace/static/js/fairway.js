/* Everything works without script; this adds what makes it pleasant. */
import { initAll } from "../govuk/govuk-frontend.min.js";

initAll();
