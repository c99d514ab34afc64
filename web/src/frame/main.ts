// The frame of every page: navigation without reloading (htmx), and what is mounted on it.
import "./navigation";
