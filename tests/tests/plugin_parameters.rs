//! What projects and automation remember of the parameters: frozen.
//!
//! `golden/plugin_parameters.txt` is the list as it was released; it is written anew by
//! `BETWIXT_WRITE_GOLDEN=1 cargo test -p betwixt-tests --test plugin_parameters`.

use betwixt_host::Instance;
use betwixt_tests::built;
use std::fmt::Write;
use std::path::Path;

fn instance() -> Instance {
    built::clap(512)
}

/// One line per parameter; latents' defaults are the model's and left out.
fn listed(instance: &Instance) -> String {
    let mut list = String::from(
        "# BETWIXT_WRITE_GOLDEN=1 cargo test -p betwixt-tests --test plugin_parameters\n\
         # identifier | group | name | lowest | highest | stepped | automatable | default\n",
    );
    for parameter in instance.parameters() {
        let is_latent = parameter.module.starts_with("Latents");
        let default = if is_latent {
            "(model)"
        } else {
            &parameter.default_text
        };
        let numbers = format!("{} | {}", parameter.minimum, parameter.maximum);
        let kind = format!("{} | {}", parameter.stepped, parameter.automatable);
        let words = format!("{} | {}", parameter.module, parameter.name);
        writeln!(
            list,
            "{} | {words} | {numbers} | {kind} | {default}",
            parameter.id
        )
        .expect("text can be written");
    }
    list
}

/// Identifiers, order, names, ranges and defaults never change once released.
#[test]
fn the_parameters_are_those_that_were_released() {
    let found = listed(&instance());
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/plugin_parameters.txt");
    if std::env::var_os("BETWIXT_WRITE_GOLDEN").is_some() {
        let part = golden.with_extension("part");
        std::fs::write(&part, &found).expect("written");
        std::fs::rename(&part, &golden).expect("renamed");
    }
    let released = std::fs::read_to_string(&golden).expect("tests/golden is there");
    assert_eq!(found, released);
    assert_eq!(found.lines().count(), 2 + 123);
}

/// Whatever a host shows of a value, a player can type back.
#[test]
fn values_and_words_agree() {
    let mut instance = instance();
    let parameters = instance.parameters().to_vec();
    for parameter in parameters {
        let (low, high) = (parameter.minimum, parameter.maximum);
        for step in 0..=40 {
            let mut value = low + (high - low) * f64::from(step) / 40.0;
            if parameter.stepped {
                value = value.round();
            }
            let name = &parameter.name;
            let words = instance.value_text(name, value).expect("words");
            let typed = instance.text_value(name, &words).expect("a value");
            let again = instance.value_text(name, typed).expect("words");
            assert_eq!(words, again, "{name} at {value}: {typed}");
            if parameter.stepped {
                assert!(
                    (typed - value).abs() < 1e-4,
                    "{name}: {words} is {value}, not {typed}"
                );
            }
        }
    }
}

/// A fresh instance stands at the defaults that it announces.
#[test]
fn a_fresh_instance_stands_at_its_defaults() {
    let mut instance = instance();
    let parameters = instance.parameters().to_vec();
    for parameter in parameters {
        let value = instance.value(&parameter.name).expect("a value");
        let distance = (value - parameter.default).abs();
        assert!(distance < 1e-6, "{}: {value}", parameter.name);
    }
}
