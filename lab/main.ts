/** Puts the lab into the page. */
import "./app/style.css";
import { mount } from "svelte";
import App from "./app/App.svelte";

mount(App, { target: document.getElementById("lab")! });
