//! Texts that must be refused as tickets, each for one fault.

use faultscan_wire::limits::TICKET_TEXT_BYTES_MAX;
use faultscan_wire::{Ticket, base64url};

use crate::common::{full_claims, full_ticket, issuer};
use crate::ticket::ORIGIN;
use crate::ticket_bad::Bad;

pub(crate) fn texts(bad: &mut Bad) {
    let good = full_ticket();
    let base64url = good.to_base64url();
    let decimal = good.to_decimal();
    let form = "ticket_unknown_text_form";
    let encoding = "ticket_bad_text_encoding";
    bad.text("text_empty", "nothing", "", form);
    bad.text("text_blank", "white space only", " \n\t", form);
    bad.text(
        "text_of_something_else",
        "a link to elsewhere",
        "https://example.org/",
        form,
    );
    bad.text(
        "text_script",
        "a link that is not to a page",
        &format!("javascript:alert(1)#{base64url}"),
        form,
    );
    bad.text(
        "text_lower_case",
        "the prefix in lower case",
        &base64url.replace("FS1.", "fs1."),
        form,
    );
    bad.text(
        "text_without_prefix",
        "base64url only",
        &base64url[4..],
        form,
    );
    bad.text(
        "text_unknown_version",
        "FS2.",
        &base64url.replace("FS1.", "FS2."),
        "ticket_unsupported_version",
    );
    bad.text(
        "text_padded",
        "base64 with padding",
        &format!("{base64url}="),
        encoding,
    );
    let inner = format!("{} {}", &base64url[..40], &base64url[40..]);
    bad.text(
        "text_with_space_inside",
        "white space in the middle",
        &inner,
        encoding,
    );
    let spare = format!("FS1.{}", &base64url::encode(&[1; 130])[..173]);
    bad.text(
        "text_impossible_length",
        "a single character in the last group",
        &spare,
        encoding,
    );
    let bits = format!("FS1.{}B", &base64url::encode(&[1; 130])[..173]);
    bad.text(
        "text_spare_bits",
        "bits set beyond the last byte",
        &bits,
        encoding,
    );
    bad.text(
        "decimal_truncated",
        "a digit is missing",
        &decimal[..decimal.len() - 1],
        encoding,
    );
    let large = format!("{}{}", "9".repeat(17), &decimal[17..]);
    bad.text(
        "decimal_group_too_large",
        "a group beyond 56 bits",
        &large,
        encoding,
    );
    let wide: String = decimal
        .chars()
        .map(|digit| if digit == '7' { '７' } else { digit })
        .collect();
    bad.text(
        "decimal_wide_digits",
        "digits that are not ASCII",
        &wide,
        form,
    );
    let swapped = format!("{}{}", &decimal[17..34], &decimal[17..]);
    bad.text(
        "decimal_group_repeated",
        "the first group replaced by the second",
        &swapped,
        "ticket_malformed",
    );
    let long = format!("{ORIGIN}/{}#{base64url}", "x".repeat(TICKET_TEXT_BYTES_MAX));
    bad.text(
        "text_too_long",
        "a link of more than 4096 bytes",
        &long,
        "ticket_text_too_long",
    );
    let mut other = full_claims();
    other.ticket_id.0[0] ^= 1;
    let other = Ticket::issue(other, &issuer()).unwrap();
    let mixed = [
        &other.bytes()[..other.bytes().len() - 64],
        &good.bytes()[good.bytes().len() - 64..],
    ]
    .concat();
    bad.text(
        "signature_of_another",
        "claims of one ticket, signature of another",
        &format!("FS1.{}", base64url::encode(&mixed)),
        "bad_ticket_signature",
    );
}
