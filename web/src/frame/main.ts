// The frame of every page: navigation without reloading (htmx), the player, dialogs, the plane of feeling, streams.
import "./navigation";
import "./dialogs";
import "./plane";
import "./stream";
import "./player/index";
import "./offline";
