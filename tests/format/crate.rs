// SPDX-License-Identifier: GPL-2.0-only
// For rust.t: exported functions and data whose types the compiler lays out.
#![no_std]
#![crate_type = "lib"]
#![allow(dead_code)]

use core::num::NonZeroU32;

pub mod deep {
	pub mod deeper {
		pub mod module_with_a_long_name_so_that_symbols_have_long_names {
			pub struct Inner<T: 'static> {
				pub value: T,
				pub next: Option<&'static Inner<T>>,
			}
		}
	}
}
use deep::deeper::module_with_a_long_name_so_that_symbols_have_long_names::Inner;

pub struct Layout {
	pub a: u8,
	pub b: u64,
	pub c: u16,
}

#[repr(C)]
pub struct Fixed {
	pub a: u8,
	pub b: u64,
	pub c: u16,
}

#[repr(C)]
pub union Either {
	pub number: u32,
	pub bytes: [u8; 4],
}

#[repr(u8)]
pub enum Plain {
	First,
	Second = 7,
}

pub enum Data {
	Nothing,
	Number(u64),
	Named { left: i32, right: u8 },
	Boxed(&'static Data),
}

pub trait Device {
	fn probe(&self, number: u32) -> bool;
	fn remove(&mut self);
}

pub struct Tuple(pub u8, pub i64);

#[no_mangle]
pub fn r_layout(value: &Layout) -> u64 {
	value.b
}

#[no_mangle]
pub fn r_fixed(value: &Fixed) -> u64 {
	value.b
}

#[no_mangle]
pub extern "C" fn r_c(value: *const Fixed, flag: bool) -> i32 {
	flag as i32 + unsafe { (*value).a as i32 }
}

#[no_mangle]
pub fn r_union(value: &Either) -> u32 {
	unsafe { value.number }
}

#[no_mangle]
pub fn r_enums(plain: Plain, data: &Data) -> u8 {
	match data {
		Data::Named { right, .. } => *right,
		_ => plain as u8,
	}
}

#[no_mangle]
pub fn r_options(a: Option<NonZeroU32>, b: Option<u16>, c: Result<u8, i64>) -> Option<u8> {
	match (a, b, c) {
		(Some(_), Some(_), Ok(value)) => Some(value),
		_ => None,
	}
}

#[no_mangle]
pub fn r_dyn(device: &mut dyn Device) -> bool {
	device.remove();
	device.probe(1)
}

#[no_mangle]
pub fn r_slices(bytes: &[u8], text: &str, pair: (u8, i64), array: [Tuple; 3]) -> usize {
	bytes.len() + text.len() + pair.0 as usize + array[0].0 as usize
}

#[no_mangle]
pub fn r_wide(a: i128, b: u128) -> u128 {
	a as u128 ^ b
}

#[no_mangle]
pub fn r_generic(value: &Inner<Layout>) -> u8 {
	value.value.a
}

#[no_mangle]
pub fn r_function(f: fn(u32) -> Option<char>, c: char) -> Option<char> {
	f(c as u32)
}

#[no_mangle]
pub static R_TABLE: [Option<fn(&Layout) -> u64>; 2] = [None, Some(r_layout)];

impl Layout {
	#[inline(never)]
	pub fn method_of_a_structure_with_a_long_name_for_a_long_symbol_too(&self) -> u64 {
		self.b
	}
}
