import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

/** Takes a picture of every screen; see pictures/screens.spec.ts. */
export default defineConfig({ ...tests, testDir: "pictures", outputDir: join("test-results", "pictures"), workers: 1 });
