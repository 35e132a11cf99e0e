/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {choose, openFirst, press, state, write} from "./engineer_tour.esm";
import {registry} from "@web/core/registry";

// The parts desk: hand back, ask, approve, ship, count, appraise, receive, settle.

const tours = registry.category("web_tour.tours");

const newRecord = {
    content: "A new document",
    trigger: ".o_list_button_add",
    run: "click",
};

tours.add("spare_parts_engineer_hands_back", {
    steps: () => [
        newRecord,
        {
            content: "It comes back",
            trigger: ".o_field_widget[name=direction] input[data-value=back]",
            run: "click",
        },
        {
            content: "Scan the part",
            trigger: ".o_field_widget[name=scan] input",
            run: "edit HD-NEW-1 && press Tab",
        },
        {
            content: "It is on the slip; the slip asks whether it is good",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(HD-NEW-1)",
        },
        {trigger: ".o_field_widget[name=line_ids] th[data-name=fault]"},
        press("action_request", "Offer it to the specialist"),
        state("requested"),
    ],
});

tours.add("spare_parts_specialist_asks", {
    steps: () => [
        newRecord,
        {
            content: "Which part?",
            trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "A hard disk",
            trigger: ".o_field_widget[name=line_ids] [name=product_id] input",
            run: "edit Hard disk",
        },
        {
            content: "This one",
            trigger: ".o-autocomplete--dropdown-item a:contains(Hard disk)",
            run: "click",
        },
        press("action_propose", "How many?"),
        press("action_submit", "Hand it in"),
        state("submitted"),
        {
            content: "The basis stands on the form",
            trigger: ".o_field_widget[name=line_ids] td[name=on_hand]:contains(3)",
        },
    ],
});

tours.add("spare_parts_clerk_ships", {
    steps: () => [openFirst, press("action_ship", "Ship"), state("shipped")],
});

tours.add("spare_parts_specialist_counts", {
    steps: () => [openFirst, press("action_receive", "Counted in"), state("received")],
});

tours.add("spare_parts_director_signs_receipt", {
    steps: () => [
        openFirst,
        press("action_sign_director", "The director signs for what came"),
        {
            content: "Signed",
            trigger: ".o_field_widget[name=director_id]:contains(Director)",
        },
    ],
});

tours.add("spare_parts_branch_appraises", {
    steps: () => [
        openFirst,
        {
            content: "What is damaged can be read",
            trigger: ".o_field_widget[name=damage]:contains(Connector burnt)",
        },
        press("action_approve", "The part may be replaced"),
        state("approved"),
    ],
});

// Receiving with the keyboard alone, listening.

const tones = [];

class SilentAudio {
    currentTime = 0;
    destination = {};

    createOscillator() {
        return {
            frequency: {
                set value(frequency) {
                    tones.push(frequency);
                },
            },
            connect: () => undefined,
            start: () => undefined,
            stop: () => undefined,
        };
    }

    createGain() {
        return {gain: {}, connect: () => undefined};
    }
}

async function boxOnItsWay() {
    const rows = await odoo.__WOWL_DEBUG__.root.env.services.orm.searchRead(
        "spare.return.box",
        [["return_id.state", "=", "shipped"]],
        ["name"],
    );
    return rows[0].name;
}

function type(code, answer) {
    return [
        {
            content: `Scan, then: ${answer}`,
            trigger: ".o_spare_scan:focus",
            async run(helpers) {
                await helpers.edit(typeof code === "string" ? code : await code());
                await helpers.press("Enter");
            },
        },
        {content: answer, trigger: `.o_spare_message:contains('${answer}')`},
    ];
}

function key(name, answer) {
    return [
        {
            content: `Press ${name}`,
            trigger: ".o_spare_scan:focus",
            run: `press ${name}`,
        },
        {content: answer, trigger: `.o_spare_message:contains('${answer}')`},
    ];
}

tours.add("spare_parts_clerk_receives_blind", {
    steps: () => [
        {
            content: "Listen",
            trigger: ".o_spare_scan:focus",
            run: () => {
                window.AudioContext = SilentAudio;
            },
        },
        ...type(boxOnItsWay, "2 pieces expected"),
        // nothing was refused, so nothing is extra
        ...key("F2", "2 pieces expected"),
        ...type("HD-OLD-1", "received"),
        ...type("HD-STRANGER", "is not on return"),
        ...key("F2", "noted"),
        ...key("F4", "1 pieces are missing"),
        {
            content: "Every answer could be heard: right, right, wrong, noted, noted",
            trigger: ".o_spare_scan:focus",
            run: () => {
                if (tones.join() !== "880,880,180,440,440") {
                    throw new Error(`heard ${tones.join()}`);
                }
            },
        },
    ],
});

tours.add("spare_parts_clerk_settles", {
    steps: () => [
        {
            content: "The piece that is missing",
            trigger: ".o_data_row:contains(Missing) .o_data_cell",
            run: "click",
        },
        write("note", "Phoned: it lies on the shelf"),
        ...choose("resolution", "Lies at the station"),
        press("action_settle", "Agree for the warehouse"),
        {
            content: "The warehouse has agreed",
            trigger: ".o_field_widget[name=warehouse_agreed_by_id]:contains(Clerk)",
        },
    ],
});

tours.add("spare_parts_specialist_settles", {
    steps: () => [
        {
            content: "The station agrees from the list",
            trigger: ".o_data_row:contains(Missing) button[name=action_settle]",
            run: "click",
        },
        {
            content: "Settled: it is no open difference any more",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Missing)))",
        },
    ],
});

tours.add("spare_parts_dispatcher_sees_readiness", {
    steps: () => [
        {
            content: "The part is not there",
            trigger: ".o_kanban_record:contains(Waiting for parts)",
        },
    ],
});
