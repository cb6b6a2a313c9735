// SPDX-License-Identifier: Apache-2.0
//! Numbers with a point, read and written as Python does: `1.0` stays `1.0`, whatever it names.

/// The number that a plain scalar is, by PyYAML's resolver: `1e3`, `-.5` and `_1.5` are texts to it.
pub(super) fn read(text: &str) -> Option<f64> {
    let (sign, body) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    match body {
        ".inf" | ".Inf" | ".INF" => return Some(sign * f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" => return (body == text).then_some(f64::NAN),
        _ => {}
    }
    let magnitude = match body.strip_prefix('.') {
        Some(_) => (body == text).then(|| decimal(body)).flatten(),
        None if body.contains(':') => base_sixty(body),
        None => decimal(body),
    };
    magnitude.map(|magnitude| sign * magnitude)
}

/// Digits with a point, and perhaps an exponent with its sign.
fn decimal(body: &str) -> Option<f64> {
    let (mantissa, exponent) = body.split_once(['e', 'E']).map_or((body, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.')?;
    let first = if whole.is_empty() { fraction } else { whole };
    let is_number = first.starts_with(|c: char| c.is_ascii_digit()) && is_digits(whole) && is_digits(fraction);
    if !is_number || !exponent.is_none_or(is_exponent) {
        return None;
    }
    body.replace('_', "").parse().ok()
}

/// `1:30.5` is ninety and a half in YAML 1.1.
fn base_sixty(body: &str) -> Option<f64> {
    let mut parts = body.split(':').collect::<Vec<_>>();
    let last = parts.pop()?;
    let whole = parts.iter().enumerate().try_fold(0.0, |sum, (i, part)| {
        let fits = if i == 0 { is_digits(part) } else { is_below_sixty(part) };
        fits.then(|| part.replace('_', "").parse::<f64>().ok()).flatten().map(|part| sum * 60.0 + part)
    })?;
    let (seconds, fraction) = last.split_once('.')?;
    let is_number = body.starts_with(|c: char| c.is_ascii_digit()) && is_below_sixty(seconds) && is_digits(fraction);
    is_number.then(|| last.replace('_', "").parse::<f64>().ok()).flatten().map(|last| whole * 60.0 + last)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

fn is_below_sixty(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u32>().is_ok_and(|n| n < 60) && text.len() <= 2
}

fn is_exponent(text: &str) -> bool {
    text.strip_prefix(['+', '-']).is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The number as Python's `str` writes it: the fewest digits that are this number, an exponent where it is far from 1.
pub(super) fn in_words(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.into();
    }
    let shortest = format!("{number:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        _ if number.fract() == 0.0 => format!("{number:.1}"),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_python() {
        let table = [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e100, "1.25e+100"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (number, words) in table {
            assert_eq!(in_words(number), words);
        }
    }

    #[test]
    fn texts_are_numbers_where_they_are_for_pyyaml() {
        let table = [("1.", 1.0), ("1._", 1.0), (".5", 0.5), ("-1.5", -1.5), ("1_0.2_5", 10.25), ("1.0e+3", 1000.0)];
        for (text, number) in table {
            assert_eq!(read(text), Some(number), "{text}");
        }
        assert_eq!((read("1:30.5"), read("-1:00.0")), (Some(90.5), Some(-60.0)));
        for text in ["1e3", "1.0e3", "1.5e+", "-.5", "+.nan", "_1.5", "._5", ".", "1:60.0", "1:3", "1.2.3", "", "a.5"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_the_number(number in proptest::num::f64::NORMAL) {
            proptest::prop_assert_eq!(in_words(number).parse::<f64>().unwrap(), number);
        }
    }
}
